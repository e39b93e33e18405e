import ArgumentParser
import SandboxCore
import SandboxTools

struct ToolsListCommand: SessionCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists what is on the bus.")

  @OptionGroup var options: SessionOptions
  @Flag(help: "Print JSON.") var json = false

  func execute(_ process: ProcessContext) async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: options.variables)
    let catalog: ManifestCatalog
    do {
      catalog = Manifests.load(try assembly.local().1)
    } catch {
      return SessionLaunch.explain(error, simple: false)
    }
    for problem in catalog.problems where !problem.isWarning { StandardError.write("skipped: \(problem)") }
    if json {
      print(JSONValue.array(catalog.manifests.map(Self.json)).text(.pretty))
    } else {
      let width = catalog.manifests.map(\.id.rawValue.count).max() ?? 0
      for manifest in catalog.manifests {
        let name = manifest.id.rawValue.padded(to: width)
        let summary = manifest.description.split(separator: "\n").first.map(String.init) ?? ""
        print("\(name)  \(manifest.category.padded(to: 11))  \(manifest.effect.rawValue.padded(to: 10))  \(summary)")
      }
    }
    return catalog.manifests.isEmpty ? ExitCode.data.rawValue : 0
  }

  private static func json(_ manifest: ToolManifest) -> JSONValue {
    [
      "id": .string(manifest.id.rawValue), "name": .string(manifest.name), "version": .string(manifest.version),
      "category": .string(manifest.category), "description": .string(manifest.description),
      "effect": .string(manifest.effect.rawValue), "parameters": manifest.parameters, "source": .string(manifest.file),
    ]
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
