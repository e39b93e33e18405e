import SandboxCore
import SandboxIO
import SandboxSession
import SandboxTools

extension ConfigurationLoader {
  private enum Flag: String, CaseIterable { case on = "true", off = "false" }

  /// What tools may do beyond what their manifests say.
  func tools(_ configuration: inout RunConfiguration, _ reader: inout ConfigurationReader) {
    if let networks = reader.text(.privateNetworks) {
      do {
        configuration.addresses = try AddressPolicy(parsing: networks)
        configuration.privateNetworks = networks.split { $0 == "," || $0.isWhitespace }.map(String.init)
      } catch {
        reader.problem(Variable.privateNetworks.rawValue, error.message)
      }
    }
    configuration.grants = grants(&reader)
    if let flag: Flag = reader.choice(.allowDependencies) { configuration.allowsDependencies = flag == .on }
    if let found = policy(&reader) {
      configuration.session.policy = found.policy
      configuration.policyPlace = found.place
    }
  }

  /// What manifests may ask for. A path is compared as it is written, and granted as what it leads to.
  private func grants(_ reader: inout ConfigurationReader) -> GrantRules {
    let paths = reader.text(.toolPaths)?.split(separator: ":").map(String.init) ?? []
    for path in paths where !path.hasPrefix("/") || path.split(separator: "/").contains("..") {
      reader.problem(Variable.toolPaths.rawValue, "'\(path.shortened)' is not an absolute path without '..'")
    }
    let tools = reader.text(.toolNetwork)?.split { $0 == "," || $0.isWhitespace }.map(String.init) ?? []
    return GrantRules(paths: paths, networkTools: Set(tools))
  }

  /// The file of `AGENT_POLICY`, else the session configuration's `policy`. One that is not understood is no policy, and
  /// so the session does not start.
  private func policy(_ reader: inout ConfigurationReader) -> (policy: Policy, place: String)? {
    var place = Variable.policy.rawValue
    do throws(SandboxError) {
      if let path = reader.text(.policy) { return (try Policy(file: path), path) }
      guard let found = reader.documentValue(["policy"]) else { return nil }
      place = found.place
      return (try Policy(parsing: found.value), place)
    } catch {
      guard let problems = (error.cause as? PolicyProblems)?.problems else {
        reader.problem(place, error.message)
        return nil
      }
      for problem in problems { reader.problem(place, problem.description) }
      return nil
    }
  }
}
