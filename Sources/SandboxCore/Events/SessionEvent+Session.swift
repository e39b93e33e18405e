package struct SessionCreated: Sendable, Hashable, Codable {
  package let sessionID: SessionID
  package let workspaceID: String
  package let sandboxID: String
  package let userID: String
  package let mode: String
  package let request: String
  package let model: String
  package let limits: ExecutionLimits
  package let budget: BudgetLimit
  package let holdback: Amount
  /// The program's version and the digest of its configuration, for whoever resumes.
  package let program: String
  package let configurationDigest: String

  package init(
    sessionID: SessionID, workspaceID: String, sandboxID: String, userID: String, mode: String, request: String,
    model: String, limits: ExecutionLimits, budget: BudgetLimit, holdback: Amount, program: String,
    configurationDigest: String
  ) {
    self.sessionID = sessionID
    self.workspaceID = workspaceID
    self.sandboxID = sandboxID
    self.userID = userID
    self.mode = mode
    self.request = request
    self.model = model
    self.limits = limits
    self.budget = budget
    self.holdback = holdback
    self.program = program
    self.configurationDigest = configurationDigest
  }
}

package struct ToolsLoaded: Sendable, Hashable, Codable {
  package let tools: [LoadedTool]
  package let rejected: [ManifestProblem]

  package struct LoadedTool: Sendable, Hashable, Codable {
    package let id: ToolID
    package let version: String
    package let category: String
    package let effect: ToolEffect

    package init(id: ToolID, version: String, category: String, effect: ToolEffect) {
      self.id = id
      self.version = version
      self.category = category
      self.effect = effect
    }
  }

  package init(tools: [LoadedTool], rejected: [ManifestProblem]) {
    self.tools = tools
    self.rejected = rejected
  }
}

/// Why a manifest, or a part of it, was not used.
package struct ManifestProblem: Sendable, Hashable, Codable, CustomStringConvertible {
  package let file: String
  /// JSON pointer to the place.
  package let pointer: String
  package let reason: String
  /// The tool loads all the same.
  package let isWarning: Bool

  package init(file: String, pointer: String, reason: String, isWarning: Bool = false) {
    self.file = file
    self.pointer = pointer
    self.reason = reason
    self.isWarning = isWarning
  }

  package var description: String { pointer.isEmpty ? "\(file): \(reason)" : "\(file): \(pointer): \(reason)" }
}
