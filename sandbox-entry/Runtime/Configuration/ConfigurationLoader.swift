import SandboxAgents
import SandboxCore
import SandboxSession

/// Turns the sources into a configuration, or into the list of everything that is wrong with them.
struct ConfigurationLoader {
  /// What must be there depends on who starts the program.
  enum Purpose {
    /// A person, with `--request`: a session id is made when there is none.
    case interactive(generatedID: String)
    /// A supervisor: the environment only.
    case supervised
    /// `check` and the like: nothing is run.
    case inspection
  }

  let purpose: Purpose
  /// Where the shipped manifests are.
  let shippedManifests: String?

  /// - Parameter isComplete: false before the cloud's configuration is there, which may bring what is missing.
  func load(_ sources: ConfigurationSources, isComplete: Bool = true) throws(InvalidConfiguration) -> RunConfiguration {
    var reader = ConfigurationReader(sources)
    let id = sessionID(&reader)
    var session = SessionConfiguration(sessionID: SessionID(id), request: "")
    identity(&session, &reader, isComplete: isComplete)
    limits(&session.limits, &reader)
    behaviour(&session, &reader)
    var configuration = RunConfiguration(session: session)
    surroundings(&configuration, &reader)
    secrets(&configuration, &reader)
    tools(&configuration, &reader)
    models(configuration, &reader)
    configuration.warnings = reader.warnings + UnknownVariables.warnings(in: sources.environment)
    if !reader.problems.isEmpty { throw InvalidConfiguration(problems: reader.problems, partial: configuration) }
    return configuration
  }

  private func sessionID(_ reader: inout ConfigurationReader) -> String {
    if let id = reader.text(.sessionID) {
      if let problem = NameGrammar.problem(in: id) {
        reader.problem("SESSION_ID", "'\(id.shortened)' \(problem); use 1 to 128 of A-Z a-z 0-9 . _ -")
      }
      if let (value, place) = reader.documentValue(["sessionId"]), value.stringValue != id {
        reader.problem(place, "is \(value.text(.compact).shortened), but SESSION_ID is '\(id)'; they must agree")
      }
      return id
    }
    if let id = reader.identifier("sessionId") { return id }
    switch purpose {
    case .interactive(let generated): return generated
    case .inspection: return "check"
    case .supervised:
      reader.problem("SESSION_ID", "Missing sessionId: set it to 1 to 128 of A-Z a-z 0-9 . _ -")
      return ""
    }
  }

  private func identity(_ session: inout SessionConfiguration, _ reader: inout ConfigurationReader, isComplete: Bool) {
    let needsIdentity = reader.text(.convexURL) != nil || reader.text(.cloudURL) != nil
    for (variable, key, path) in [
      (Variable.workspaceID, "workspaceId", \SessionConfiguration.workspaceID),
      (.sandboxID, "sandboxId", \.sandboxID), (.userID, "userId", \.userID),
    ] {
      if let id = reader.text(variable) {
        if let problem = NameGrammar.problem(in: id) {
          reader.problem(variable.rawValue, "'\(id.shortened)' \(problem); use 1 to 128 of A-Z a-z 0-9 . _ -")
        }
        if let (value, place) = reader.documentValue([key]), value.stringValue != id {
          reader.problem(
            place,
            "is \(value.text(.compact).shortened), but \(variable.rawValue) is '\(id.shortened)'; they must agree")
        }
        session[keyPath: path] = id
      } else if let id = reader.identifier(key) {
        session[keyPath: path] = id
      } else if needsIdentity, isComplete, variable != .userID {
        reader.problem(variable.rawValue, "Missing \(key): it is required with a cloud endpoint")
      }
    }
    if let request = reader.string(.request, "userRequest"), !request.allSatisfy(\.isWhitespace) {
      if request.utf8.count > 1 << 20 { reader.problem("USER_REQUEST", "is larger than 1 MiB") }
      session.request = request
    } else if case .inspection = purpose {
      session.request = ""
    } else if isComplete {
      reader.problem("USER_REQUEST", "Missing userRequest: say what to do, or give --request TEXT")
    }
  }

  private func limits(_ limits: inout ExecutionLimits, _ reader: inout ConfigurationReader) {
    let group = "executionLimits"
    for name in [group, "agentConfig"] {
      guard let (value, place) = reader.documentValue([name]), value.objectValue == nil else { continue }
      reader.problem(place, "must be an object, not \(value.typeName)")
    }
    if let value = reader.limit(.maxDuration, group, "maxDuration", maximum: 604_800_000) {
      limits.maxDurationMilliseconds = value
    }
    limits.costLimit = reader.money(.costLimit, group, "costLimit")
    limits.tokenLimit = reader.limit(.tokenLimit, group, "tokenLimit", maximum: 1_000_000_000_000).map(Int.init)
    if let value = reader.limit(.maxTokensPerRequest, group, "maxTokensPerRequest", maximum: 10_000_000) {
      limits.maxTokensPerRequest = Int(value)
    } else if let value = reader.documentLimit("maxTokens", maximum: 10_000_000) {
      limits.maxTokensPerRequest = Int(value)
    }
    if let value = reader.limit(.maxConcurrentTools, group, "maxConcurrentTools", maximum: 10_000) {
      limits.maxConcurrentTools = Int(value)
    }
    if let value = reader.limit(.maxConcurrentAgents, group, "maxConcurrentAgents", maximum: 10_000) {
      limits.maxConcurrentAgents = Int(value)
    }
    limits.maxCallsPerMinute = reader.limit(.maxCallsPerMinute, group, "maxAPICallsPerMinute", maximum: 1_000_000)
      .map(Int.init)
    if let value = reader.limit(.maxIterations, group, "maxIterations", maximum: 100_000) {
      limits.maxIterations = Int(value)
    }
  }

  private func behaviour(_ session: inout SessionConfiguration, _ reader: inout ConfigurationReader) {
    if let mode: SessionConfiguration.Mode = reader.choice(.mode, "mode") { session.mode = mode }
    session.model = reader.string(.model, "model") ?? reader.string(nil, "agentConfig", "model")
    session.instructions =
      reader.string(.instructions, "instructions") ?? reader.string(nil, "agentConfig", "systemPrompt")
    if let (value, place) = reader.documentValue(["temperature"]) {
      if let number = value.doubleValue, number >= 0, number <= 1 {
        session.temperature = number
      } else {
        reader.problem(place, "Temperature must be between 0 and 1")
      }
    }
    session.subAgents = subAgents(&reader)
    if let (value, place) = reader.documentValue(["toolManifests"]) {
      if let manifests = value.arrayValue {
        session.inlineManifests = manifests
      } else {
        reader.problem(place, "must be an array of manifests, not \(value.typeName)")
      }
    }
    if let paths = reader.text(.manifests) {
      session.manifestPaths = paths.split(separator: ":").map(String.init)
    } else if session.inlineManifests.isEmpty, let shippedManifests {
      session.manifestPaths = [shippedManifests]
    }
    if let grace = reader.limit(.shutdownGrace, maximum: 600_000) { session.shutdownGrace = .milliseconds(grace) }
  }

  /// `SUB_AGENTS`, or the session configuration's list.
  private func subAgents(_ reader: inout ConfigurationReader) -> [AgentProfile] {
    var place = Variable.subAgents.rawValue
    var list: JSONValue?
    if let text = reader.text(.subAgents) {
      do {
        list = try JSONValue(parsing: text)
      } catch {
        reader.problem(place, "is not JSON: \(error.message)")
      }
    } else if let found = reader.documentValue(["subAgents"]) ?? reader.documentValue(["agentConfig", "subAgents"]) {
      list = found.value
      place = found.place
    }
    guard let list else { return [] }
    var problems: [String] = []
    let profiles = AgentProfile.parse(list, problems: &problems)
    for problem in problems { reader.problem(place, problem) }
    return profiles
  }
}
