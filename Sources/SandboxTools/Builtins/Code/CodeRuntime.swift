import SandboxCore

/// A program that runs code of a language.
enum CodeRuntime: String {
  case bun, deno, node
  case python = "python3"
  case shell = "sh"

  /// In the order in which they are looked for.
  static func candidates(for language: CodeLanguage) -> [CodeRuntime] {
    switch language {
    case .typescript, .javascript: [.bun, .deno, .node]
    case .python: [.python]
    case .shell: [.shell]
    }
  }

  /// What a user has to do when there is none.
  static func advice(for language: CodeLanguage) -> String {
    switch language {
    case .typescript: "install bun, deno, or node of version 22.6 or later"
    case .javascript: "install node (apt-get install nodejs), bun or deno"
    case .python: "install python3 (apt-get install python3)"
    case .shell: "install a shell as /bin/sh"
    }
  }

  /// The options before the file's name. Packages are never fetched behind the session's back.
  ///
  /// - Parameter version: of node, which takes TypeScript from 22.6 on when told to, and from 23.6 on by itself
  ///   (nodejs.org/api/typescript.html).
  func options(for language: CodeLanguage, version: NodeVersion?) throws(SandboxError) -> [String] {
    switch self {
    case .bun: return ["run", "--no-install"]
    case .deno:
      return ["run", "--quiet", "--no-prompt", "--allow-all", "--no-config", "--no-lock", "--no-remote", "--no-npm"]
    case .node where language == .typescript:
      guard let version, version >= .firstWithTypes else {
        throw SandboxError(
          .unsupported,
          "TypeScript cannot be run here: node is of version \(version?.description ?? "unknown"); "
            + Self.advice(for: .typescript) + ", or give the code as javascript")
      }
      return version >= .firstWithTypesByDefault
        ? [] : ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"]
    case .node, .shell: return []
    // Output is not held back, so that it is there when the time is up.
    case .python: return ["-u", "-B"]
    }
  }
}

/// `v22.6.0` as numbers that can be compared.
struct NodeVersion: Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int

  static let firstWithTypes = NodeVersion(major: 22, minor: 6)
  static let firstWithTypesByDefault = NodeVersion(major: 23, minor: 6)

  var description: String { "\(major).\(minor)" }

  static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

extension NodeVersion {
  /// What `node --version` prints.
  init?(_ text: String) {
    let numbers = text.drop { $0 == "v" }.split(separator: ".").prefix(2).map { Int($0) }
    guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
    self.init(major: major, minor: minor)
  }
}
