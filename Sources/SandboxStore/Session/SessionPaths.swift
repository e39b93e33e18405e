package import SandboxCore

/// Where the files of a session are (contract, 5). Computes names only; nothing has to exist.
package struct SessionPaths: Sendable, Hashable {
  package let sessionID: SessionID
  /// `<state>/sessions/<id>`
  package let directory: String

  /// - Throws: `.invalidArgument` when the id does not fit the grammar of ids, so that no id can name another place.
  package init(stateDirectory: String, session: SessionID) throws(SandboxError) {
    if let problem = NameGrammar.problem(in: session.rawValue) {
      throw SandboxError(.invalidArgument, "the session id \(problem)")
    }
    guard !stateDirectory.isEmpty, !stateDirectory.utf8.contains(0) else {
      throw SandboxError(.invalidArgument, "the state directory needs a path")
    }
    sessionID = session
    directory = "\(stateDirectory)/sessions/\(session.rawValue)"
  }

  package var journal: String { "\(directory)/journal.db" }
  package var blobs: String { "\(directory)/blobs" }
  /// What tools may write.
  package var workspace: String { "\(directory)/workspace" }
  /// Final artifacts under their names.
  package var artifacts: String { "\(directory)/artifacts" }
  /// Where each call of a program has a folder of its own while it runs.
  package var calls: String { "\(directory)/calls" }
  package var status: String { "\(directory)/status.json" }
  package var result: String { "\(directory)/result.json" }
  package var controlSocket: String { "\(directory)/control.sock" }
  package var lock: String { "\(directory)/lock" }
}
