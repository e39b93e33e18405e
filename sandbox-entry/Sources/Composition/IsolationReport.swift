import SandboxCore

/// What holds tools back in this version, without claiming more.
enum IsolationReport {
  static let json: JSONValue = [
    "level": "weak", "fs": "none", "net": "none", "kill": "process group and subreaper", "env": "allow-list",
    "missing": ["landlock", "seccomp", "namespaces", "cgroup", "other uid"],
  ]
}
