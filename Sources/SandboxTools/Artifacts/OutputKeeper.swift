package import SandboxCore

/// Keeps what a tool returned and a model does not read as a whole, as an artifact of the session.
package struct OutputKeeper: Sendable {
  /// Half of the artifacts that a session may have: the others are for what its agents make.
  package static let maximumOutputs = ArtifactWriter.maximumArtifacts / 2
  /// All of them together, because they are delivered like every artifact.
  package static let maximumTotalBytes = 128 << 20
  /// Marks them in their metadata.
  private static let mark = "toolOutput"

  private let artifacts: ArtifactWriter
  private let log: SessionLog

  package init(log: SessionLog, blobs: any BlobStore, time: TimeSource) {
    self.log = log
    artifacts = ArtifactWriter(log: log, blobs: blobs, time: time)
  }

  /// What became of an output.
  enum Outcome: Sendable, Hashable {
    case kept(path: String, bytes: Int, isWhole: Bool)
    case refused(reason: String)

    /// For the model, below what it reads.
    var line: String {
      switch self {
      case .kept(let path, let bytes, true): "[all \(bytes) bytes: \(path)]"
      case .kept(let path, let bytes, false): "[\(bytes) bytes of it: \(path)]"
      case .refused(let reason): "[the whole output was not kept: \(reason)]"
      }
    }
  }

  /// Keeps the output, up to the size of an artifact, as `TOOL-CALL.txt` or `.json`; it is durable when this returns. A
  /// call that is repeated after a crash finds what it kept.
  ///
  /// It never throws, because the call was made: what keeps it from being kept is a reason. Cancelling the task does not
  /// prevent it.
  func keep(_ output: WholeOutput, of call: CallID, by tool: ToolID, agent: AgentID) async -> Outcome {
    let limit = ArtifactWriter.maximumBytes
    // Asked before as well, so that nothing is written in vain.
    let expected = min(output.count, limit)
    if let reason = log.read({ Self.refusal($0, of: call, adding: expected) }) { return .refused(reason: reason) }
    // However long the tool's name is, that of the call is what tells one from another.
    let name = ArtifactName.make(
      "\(tool.rawValue.prefix(60))-\(call)", fileExtension: output.isJSON ? "json" : "txt")
    do throws(SandboxError) {
      let artifact = try await artifacts.create(
        name: name, kind: .transcript, mediaType: output.isJSON ? "application/json" : "text/plain",
        title: "What \(tool) returned", source: output, author: agent, madeBy: call,
        metadata: [Self.mark: .string(call.rawValue)],
        unless: { Self.refusal($0, of: call, adding: $1) })
      let size = artifact.content.size
      return .kept(
        path: "\(ArtifactWriter.namespace)/\(artifact.name)", bytes: size, isWhole: output.isWhole && size < limit)
    } catch {
      return .refused(reason: error.message)
    }
  }

  /// Why the session keeps no more; nil when it does. What the call itself has kept before is not counted.
  private static func refusal(_ state: SessionState, of call: CallID, adding bytes: Int) -> String? {
    let kept = state.artifacts.filter { artifact in
      artifact.metadata.objectValue?[mark].map { $0 != .string(call.rawValue) } ?? false
    }
    if kept.count >= maximumOutputs { return "the session has \(maximumOutputs) of them already" }
    if kept.reduce(bytes, { $0 + $1.content.size }) > maximumTotalBytes {
      return "the session keeps at most \(maximumTotalBytes >> 20) MiB of them"
    }
    return nil
  }
}
