import Catalog
import Domain

extension CatalogWriter {
    /// Asks for the validation of a session's next chunks.
    func releaseChunks(of session: ImportSession, limit: Int, filesAtOnce: Int) throws {
        let next = try takeWaitingChunks(ofSession: session.sessionID, limit: limit, filesAtOnce: filesAtOnce)
        for chunk in next {
            try enqueue(
                ValidateChunkJob(sessionID: session.sessionID, chunk: chunk), "chunk-\(chunk.ordinal)", of: session)
        }
    }
}
