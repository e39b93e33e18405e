import Glibc
import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxSession

extension ConfigurationLoader {
  private enum LogFormat: String, CaseIterable { case text, json }
  private enum LogLevel: String, CaseIterable { case trace, debug, info, notice, warning, error, critical }
  private enum ExitCodes: String, CaseIterable { case full, simple }

  func surroundings(_ configuration: inout RunConfiguration, _ reader: inout ConfigurationReader) {
    configuration.stateDirectory = Self.absolute(reader.text(.stateDirectory) ?? configuration.stateDirectory)
    do {
      let paths = reader.text(.inputs).map { $0.split(separator: ":").map(String.init) } ?? []
      configuration.inputs = try Inputs.named(paths)
    } catch {
      reader.problem("AGENT_INPUTS", error.message)
    }
    cloud(&configuration, &reader)
    configuration.transport = transport(&reader)
    configuration.providers.openAIKey = key(.openAIKey, &reader)
    configuration.providers.openAIBaseURL = url(.openAIBaseURL, &reader)
    configuration.providers.openRouterKey = key(.openRouterKey, &reader)
    configuration.providers.ollamaHost = reader.text(.ollamaHost)
    configuration.providers.anthropicKey = key(.anthropicKey, &reader)
    if let value: IsolationMode = reader.choice(.isolation) { configuration.isolation = value }
    if let text = reader.text(.isolationWithout) {
      do throws(SandboxError) {
        configuration.kernel = try KernelLimits(text)
      } catch {
        reader.problem(Variable.isolationWithout.rawValue, error.message)
      }
    }
    if let value: LogFormat = reader.choice(.logFormat) { configuration.log.isJSON = value == .json }
    if let value: LogLevel = reader.choice(.logLevel) { configuration.log.level = value.rawValue }
    if let value: ExitCodes = reader.choice(.exitCodes) { configuration.usesSimpleExitCodes = value == .simple }
    if reader.text(.localConvexURL) != nil {
      reader.warnings.append("LOCAL_CONVEX_URL is accepted but unused: the local store is in the process")
    }
    if let control = reader.text(.control), control != "off", control != "unix", !control.hasPrefix("tcp://127.0.0.1:")
    {
      reader.problem("AGENT_CONTROL", "'\(control.shortened)' is not one of: unix, tcp://127.0.0.1:PORT, off")
    } else if let control = reader.text(.control), control.hasPrefix("tcp:"), reader.text(.controlToken) == nil {
      reader.problem("AGENT_CONTROL_TOKEN", "is missing; AGENT_CONTROL=\(control.shortened) needs it")
    } else if let control = reader.text(.control), control != "off" {
      reader.warnings.append("AGENT_CONTROL=\(control.shortened): the control socket is not available in this version")
    }
  }

  private func cloud(_ configuration: inout RunConfiguration, _ reader: inout ConfigurationReader) {
    let settings = EndpointSettings(
      convexURL: reader.text(.convexURL), convexAuthToken: reader.text(.convexAuthToken),
      convexDeployKey: reader.text(.convexDeployKey), convexFunctions: reader.text(.convexFunctions),
      cloudURL: reader.text(.cloudURL), stateDirectory: configuration.stateDirectory)
    var problems: [SandboxError] = []
    if let endpoint = EndpointSelection(settings, problems: &problems) { configuration.endpoint = endpoint }
    for problem in problems { reader.problem("cloud endpoint", problem.description) }
    configuration.fetchesConfiguration = settings.convexURL != nil
  }

  /// A path that still means the same when somebody changes the working directory.
  private static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return "\(String(cString: current))/\(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)"
  }

  /// The variables that other programs know, too.
  private func transport(_ reader: inout ConfigurationReader) -> HTTPTransportConfiguration {
    let environment = reader.sources.environment
    func value(_ name: String) -> String? { environment[name] ?? environment[name.lowercased()] }
    var configuration = HTTPTransportConfiguration(
      trustRoots: environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 })
    do {
      configuration.proxies = try ProxySettings(
        http: value("HTTP_PROXY"), https: value("HTTPS_PROXY"), exceptions: value("NO_PROXY"))
    } catch {
      reader.problem("proxy", error.message)
    }
    return configuration
  }

  /// A credential that can be sent as a header's value. It is never shown.
  private func key(_ variable: Variable, _ reader: inout ConfigurationReader) -> String? {
    guard let text = reader.text(variable) else { return nil }
    if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) { return text }
    reader.problem(variable.rawValue, "has characters that a key cannot have, as a space or a line break")
    return nil
  }

  private func url(_ variable: Variable, _ reader: inout ConfigurationReader) -> String? {
    guard let text = reader.text(variable) else { return nil }
    let rest = ["http://", "https://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
    guard let rest, let first = rest.first, first != "/", !rest.contains(where: \.isWhitespace) else {
      reader.problem(variable.rawValue, "'\(text.shortened)' is not an http:// or https:// address")
      return nil
    }
    return text
  }
}
