import ArgumentParser
import SandboxCore
import SandboxSession
import SandboxTools

struct ToolsLintCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Names every problem of the manifests: file, place and reason.")

  @Argument(help: "Manifest files and folders; without any, those of the configuration.") var paths: [String] = []
  @OptionGroup var options: SessionOptions

  func execute(_ process: ProcessContext) async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: options.variables)
    let catalog: ManifestCatalog
    do {
      var configuration = try assembly.local().1
      if !paths.isEmpty { configuration.session.manifestPaths = paths }
      catalog = Manifests.load(configuration)
    } catch {
      return SessionLaunch.explain(error, simple: false)
    }
    for problem in catalog.problems {
      print(ProcessSecrets.redact("\(problem.isWarning ? "warning" : "error"): \(problem)"))
    }
    let errors = catalog.problems.count { !$0.isWarning }
    print("\(catalog.manifests.count) tools, \(errors) errors, \(catalog.problems.count - errors) warnings")
    return errors == 0 && !catalog.manifests.isEmpty ? 0 : ExitCode.data.rawValue
  }
}
