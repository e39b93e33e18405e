import SandboxCore
import SandboxIO
import SandboxSession

/// Gathers the configuration from all its sources. Nothing is asked of the network before everything that can be checked
/// without it has been found to be right.
struct ConfigurationAssembly {
  let process: ProcessContext
  let purpose: ConfigurationLoader.Purpose
  let options: [Variable: String]

  private var loader: ConfigurationLoader {
    ConfigurationLoader(purpose: purpose, shippedManifests: ShippedManifests.path())
  }

  /// Command line, environment and file.
  func local() throws(InvalidConfiguration) -> (ConfigurationSources, RunConfiguration) {
    var sources = ConfigurationSources(options: options, environment: process.environment)
    var problems: [ConfigurationProblem] = []
    var partial: RunConfiguration?
    if let path = sources.text(.config, &problems) {
      do {
        let document = try JSONValue(parsing: try SmallFile.text(at: path, stop: process.stop))
        if document.objectValue == nil {
          problems.append(
            ConfigurationProblem(
              place: "AGENT_CONFIG", message: "\(path) must be a JSON object, not \(document.typeName)"))
        }
        sources.file = document
      } catch {
        if let stop = process.stop.reason { throw InvalidConfiguration(problems: [], stop: stop) }
        let message = SandboxError.wrap(error).message
        let text = message.contains(path) ? message : "\(path) is \(message)"
        problems.append(ConfigurationProblem(place: "AGENT_CONFIG", message: text))
      }
    }
    do {
      let isComplete = ["CONVEX_URL", "CONVEX_URL_FILE"].allSatisfy { process.environment[$0]?.isEmpty ?? true }
      let configuration = try loader.load(sources, isComplete: isComplete)
      ProcessSecrets.guardAll(with: configuration.redactor)
      if problems.isEmpty { return (sources, configuration) }
      partial = configuration
    } catch {
      problems += error.problems
      partial = error.partial
      if let partial { ProcessSecrets.guardAll(with: partial.redactor) }
    }
    throw InvalidConfiguration(problems: problems, partial: partial)
  }

  /// The same with what the cloud knows about the session.
  func merged(_ sources: ConfigurationSources, cloud: JSONValue?) throws(InvalidConfiguration) -> RunConfiguration {
    var sources = sources
    sources.cloud = cloud
    return try loader.load(sources)
  }
}
