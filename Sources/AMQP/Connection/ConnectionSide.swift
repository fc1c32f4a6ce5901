/// A side of the client that has an endpoint: what a supervisor keeps connected.
protocol ConnectionSide: AnyObject, SendableMetatype {
    var endpoint: ConnectionEndpoint { get }
    /// The client ends: no connection will come any more.
    func close()
}
