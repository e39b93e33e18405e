import SandboxCore

/// Which environment variables a manifest may set for a process.
enum VariableRules {
  static let maximumValueBytes = 32 << 10
  static let maximumBytes = 128 << 10

  /// Variables by which a program is made to load or run something else than what the manifest names.
  private static let refused: Set<String> = [
    "PATH", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP",
    "NODE_OPTIONS", "NODE_PATH", "PERL5LIB", "PERL5OPT", "RUBYLIB", "RUBYOPT", "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "GCONV_PATH", "GLIBC_TUNABLES",
  ]
  private static let refusedPrefixes = ["LD_", "DYLD_", "GIT_", "AGENT_"]

  static func problem(name: String) -> String? {
    guard isName(name) else {
      return
        "\(JSONValue.string(name).briefText) is not the name of a variable; it must have only A-Z 0-9 _ and not begin "
        + "with a digit"
    }
    guard name.utf8.count <= 128 else { return "its name is longer than 128 characters" }
    if refused.contains(name) || refusedPrefixes.contains(where: name.hasPrefix) {
      return "\(name) may not be set by a manifest: it changes what is run; leave it out"
    }
    return nil
  }

  static func problem(value: String) -> String? {
    if value.utf8.contains(0) { return "contains a NUL character, which no program can get" }
    if value.utf8.count > maximumValueBytes { return "is longer than \(maximumValueBytes) bytes" }
    return nil
  }

  /// Whether this is `^[A-Z_][A-Z0-9_]*$`.
  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
      default: false
      }
    }
  }
}
