/// What `Broker` promises, adapter by adapter the same: run each with a fresh broker,
/// `@Test(arguments: BrokerConformance.promises)`.
package enum BrokerConformance {
    /// Every promise of the port.
    package static let promises = publishing + consuming + recovering + routing + streams + listening
}
