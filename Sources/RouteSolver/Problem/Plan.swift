/// Who drives what, when, in which order.
package struct Plan: Sendable, Equatable {
    /// One vehicle's stops of one day, in order.
    package struct Route: Sendable, Equatable {
        package var vehicle: Int
        package var day: Int
        package var stops: [Int]

        package init(vehicle: Int, day: Int = 0, stops: [Int]) {
            self.vehicle = vehicle
            self.day = day
            self.stops = stops
        }
    }

    /// Routes with at least one stop.
    package var routes: [Route]

    package init(routes: [Route]) { self.routes = routes }
}
