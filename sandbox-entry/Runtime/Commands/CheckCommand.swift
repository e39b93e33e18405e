import ArgumentParser
import SandboxAgents
import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxTools

struct CheckCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Lists every problem of the configuration and its manifests, or shows the effective configuration.")

  @OptionGroup var options: SessionOptions
  @Flag(help: "Print JSON.") var json = false

  func execute(_ process: ProcessContext) async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: options.variables)
    var problems: [String] = []
    let configuration: RunConfiguration?
    var isValid = true
    do {
      configuration = try assembly.local().1
    } catch {
      if error.stop != nil { return SessionLaunch.explain(error, simple: false) }
      problems = error.problems.map(\.description)
      configuration = error.partial
      isValid = false
    }
    guard let configuration else {
      report(problems, [], nil, nil)
      return ExitCode.config.rawValue
    }
    let catalog = Manifests.load(configuration)
    let rejected = catalog.problems.filter { !$0.isWarning }
    problems += rejected.map { "manifest \($0)" }
    if catalog.manifests.isEmpty { problems.append("No tools configured: no manifest is usable") }
    let isolation = await IsolationSetup.establish(configuration).report
    if configuration.isolation == .required, let reason = IsolationSetup.shortfall(isolation) {
      problems.append(reason)
    }
    let provider = ModelComposition.provider(configuration, transport: AsyncHTTPTransport())
    let effective = EffectiveConfiguration.json(
      configuration, isolation: isolation.json, standardModel: try? provider.resolve(nil).model.name,
      endpoint: configuration.endpoint.endpoint(over: AsyncHTTPTransport()).name,
      tools: catalog.manifests.map(\.id.rawValue))
    let warnings = configuration.warnings + catalog.problems.filter(\.isWarning).map(\.description)
    report(problems, warnings, isValid ? effective : nil, isolation)
    return exitCode(problems, onlyManifests: !catalog.manifests.isEmpty && problems.count == rejected.count)
  }

  /// Manifests that are skipped do not keep a session from running.
  private func exitCode(_ problems: [String], onlyManifests: Bool) -> Int32 {
    problems.isEmpty ? 0 : (onlyManifests ? ExitCode.data : ExitCode.config).rawValue
  }

  private func report(
    _ problems: [String], _ warnings: [String], _ effective: JSONValue?, _ isolation: IsolationReport?
  ) {
    if json {
      let document: JSONValue = [
        "problems": .array(problems.map { .string($0) }), "warnings": .array(warnings.map { .string($0) }),
        "configuration": effective ?? .null, "isolation": isolation?.json ?? .null,
      ]
      print(ProcessSecrets.redact(document).text(.pretty))
      return
    }
    for warning in warnings { StandardError.write("warning: \(warning)") }
    for problem in problems { StandardError.write("problem: \(problem)") }
    if problems.isEmpty, let effective { print(ProcessSecrets.redact(effective).text(.pretty)) }
  }
}
