package import Catalog
package import Domain
package import Jobs

/// What an administrator asks of the running system. Every call is authorised here: it is the administrator's alone.
package struct OperationsService: Sendable {
    let broker: any Broker
    let catalog: any Catalog
    let outbox: OutboxBound

    package init(
        broker: any Broker, catalog: any Catalog, outbox: OutboxBound = OutboxBound(entries: .max)
    ) {
        self.broker = broker
        self.catalog = catalog
        self.outbox = outbox
    }

    /// - Throws: `RequestError` (ERR_AUTH_002) for anybody but an administrator.
    package static func demandAdministrator(_ user: UserContext) throws(RequestError) {
        guard user.role == .admin else {
            throw RequestError(
                .insufficientPermissions,
                "\(user.userId.prefix(100)) is no administrator: queues and dead letters are shown to the role ADMIN.")
        }
    }
}
