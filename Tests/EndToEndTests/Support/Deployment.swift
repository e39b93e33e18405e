import Glibc
import SandboxCore
import SandboxTestKit

/// The files under `sandbox-entry/deploy`.
enum Deployment {
  static let program = "/opt/sandbox-entry/sandbox-entry"
  static let verifier = "/usr/bin/systemd-analyze"

  static let root = Program.manifests.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }

  static func text(_ file: String) -> String { LaunchedSession.text("\(root)/sandbox-entry/deploy/\(file)") }

  static let unit = "systemd/sandbox-entry@.service"

  /// All values of a key of the unit, in order.
  static func unit(_ key: String) -> [String] {
    text(unit).split(separator: "\n").filter { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
  }

  static func codes(_ key: String) -> Set<Int> {
    Set(unit(key).joined(separator: " ").split(separator: " ").compactMap { Int($0) })
  }

  static let hasYAML = system("python3 -c 'import yaml' 2>/dev/null") == 0

  /// The Job, read by somebody else's reader of YAML.
  static func job(in folder: Folder) async throws -> JSONValue {
    let file = "\(root)/sandbox-entry/deploy/kubernetes/job.yaml"
    let reader = try LaunchedSession(
      executable: "/usr/bin/env",
      arguments: [
        "python3", "-c", "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)", file,
      ],
      environment: [:], folder: folder.path)
    guard try await reader.wait() == 0 else { throw SandboxError(.invalidArgument, reader.standardError) }
    return try JSONValue(parsing: reader.standardOutput)
  }
}
