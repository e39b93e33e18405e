import Glibc
package import SandboxCore

/// A session's folder in the hands of its one owner.
///
/// Opening makes what is missing, with access for the owner only, and takes the lock; the lock is held until
/// ``close()``, or until the last copy of the value goes, or the process ends in whatever way. Reports are written
/// without secrets.
package struct SessionDirectory: Sendable {
  package let paths: SessionPaths
  /// The session has no journal yet.
  package let isNew: Bool
  private let lock: SessionLock
  let redactor: Redactor
  let queue: BlockingQueue

  package var sessionID: SessionID { paths.sessionID }
  package var path: String { paths.directory }

  /// Opens the session's folder and becomes its owner.
  ///
  /// - Parameter createIfMissing: false to open only what is there.
  /// - Throws: `.conflict` with the owner's pid when a live process owns the session; `.notFound`; `.io` with path and
  ///   the system's words when the state directory cannot be used; `.invalidArgument` for an id that is none.
  package static func open(
    stateDirectory: String, session: SessionID, createIfMissing: Bool = true, redactor: Redactor = .shapesOnly
  ) async throws(SandboxError) -> SessionDirectory {
    let paths = try SessionPaths(stateDirectory: stateDirectory, session: session)
    // Checked first, so that no part of a path is made that cannot be made as a whole.
    guard paths.directory.utf8.count < Int(PATH_MAX) else {
      throw .file("use the directory", paths.directory, ENAMETOOLONG)
    }
    let queue = BlockingQueue(label: "sandbox.session-directory")
    let (lock, isNew) = try await queue.run { () throws(SandboxError) in
      guard createIfMissing || FileSystem.isDirectory(paths.directory) else {
        throw SandboxError(.notFound, "there is no session \(session) in \(stateDirectory)")
      }
      return try claim(paths)
    }
    return SessionDirectory(paths: paths, isNew: isNew, lock: lock, redactor: redactor, queue: queue)
  }

  /// Gives the session free for another owner. The folder must not be written through this value any more.
  package func close() { lock.release() }

  private static func claim(_ paths: SessionPaths) throws(SandboxError) -> (SessionLock, isNew: Bool) {
    try FileSystem.makeDirectories(paths.directory)
    // A folder that somebody prepared may be open to others.
    guard chmod(paths.directory, 0o700) == 0 else { throw .file("restrict", paths.directory) }
    let lock = try SessionLock(paths.lock, session: paths.sessionID)
    var isIncomplete = false
    for directory in [paths.blobs, paths.workspace, paths.artifacts, paths.calls]
    where try FileSystem.makeDirectory(directory) {
      isIncomplete = true
    }
    if isIncomplete { try FileSystem.syncDirectory(paths.directory) }
    // Not `workspace`: it belongs to the tools.
    for directory in [paths.directory, paths.blobs, paths.artifacts] { try FileSystem.removeTemporaries(in: directory) }
    return (lock, access(paths.journal, F_OK) != 0)
  }
}
