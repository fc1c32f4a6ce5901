/// What the hub holds, and how long it waits.
package struct HubConfiguration: Sendable {
    /// How many bytes of the newest events are held for clients that come back.
    package var ringBytes = 16 << 20
    /// Of how many subjects without a held event the last sequence is remembered.
    package var rememberedSubjects = 65_536
    /// How long the log may stay silent after a resubscription at its last offset before it counts as another log.
    /// An offset beyond the end of a log that was begun anew is never answered.
    package var silenceLimit = Duration.seconds(5)
    /// How long a client waits for a hub that has not read up to the client's offset yet, as after a restart.
    package var catchUpLimit = Duration.seconds(5)
    /// Clients of a log that was begun anew are asked back within this time.
    package var reconnectSpread = Duration.seconds(10)

    package init() {}
}
