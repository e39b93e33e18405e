package import SandboxCore

/// Which endpoint the settings mean. Nothing is opened or sent to find out.
package enum EndpointSelection: Sendable, Hashable {
  case convex(ConvexConfiguration)
  case directory(String)

  /// - Parameter problems: gets everything that is wrong, one error each, naming the variable and never a secret.
  /// - Returns: nil when something is wrong.
  package init?(_ settings: EndpointSettings, problems: inout [SandboxError]) {
    let before = problems.count
    let convexURL = Self.value(settings.convexURL)
    let cloudURL = Self.value(settings.cloudURL)
    if convexURL != nil, cloudURL != nil {
      problems.append(
        SandboxError(
          .invalidArgument, "CONVEX_URL and AGENT_CLOUD_URL are both set; results go to one place: unset one"))
    }
    var found = EndpointSelection.directory("\(settings.stateDirectory)/cloud")
    do throws(SandboxError) {
      if let cloudURL { found = try Self.endpoint(cloudURL) }
    } catch {
      problems.append(error)
    }
    let credential = Self.credential(settings, &problems)
    let functions = Self.functions(settings, &problems)
    do throws(SandboxError) {
      if let convexURL {
        found = .convex(try ConvexConfiguration(url: convexURL, credential: credential, functions: functions))
      }
    } catch {
      problems.append(SandboxError(error.code, "CONVEX_URL: \(error.message)"))
    }
    guard problems.count == before else { return nil }
    self = found
  }

  /// - Parameter transport: for endpoints that are reached over HTTP.
  package func endpoint(over transport: any HTTPTransport) -> any CloudEndpoint {
    switch self {
    case .convex(let configuration): ConvexEndpoint(configuration, over: transport)
    case .directory(let folder): DirectoryEndpoint(folder: folder)
    }
  }

  private static func endpoint(_ url: String) throws(SandboxError) -> EndpointSelection {
    let scheme = url.prefix { $0 != ":" }.lowercased()
    switch scheme {
    case "file":
      // `file:///dir`; the host part may be empty or `localhost`.
      let path = url.dropFirst("file://".count)
      let folder = path.hasPrefix("localhost/") ? path.dropFirst("localhost".count) : path
      guard url.dropFirst(4).hasPrefix("://"), folder.hasPrefix("/"), !folder.contains("\0") else {
        throw SandboxError(
          .invalidArgument, "AGENT_CLOUD_URL \"\(url.excerpt(80))\" is no folder; expected file:///folder")
      }
      return .directory(String(folder))
    case "https", "http", "s3":
      throw SandboxError(
        .unsupported,
        "AGENT_CLOUD_URL: \(scheme):// is not available in this version; use file:///folder, or CONVEX_URL")
    default:
      throw SandboxError(
        .invalidArgument, "AGENT_CLOUD_URL \"\(url.excerpt(80))\" is not understood; expected file:///folder")
    }
  }

  private static func credential(_ settings: EndpointSettings, _ problems: inout [SandboxError]) -> ConvexCredential {
    switch (value(settings.convexAuthToken), value(settings.convexDeployKey)) {
    case (nil, nil): return .anonymous
    case (let token?, nil):
      if !isHeaderValue(token) { problems.append(unusable("CONVEX_AUTH_TOKEN")) }
      return .token(token)
    case (nil, let key?):
      if !isHeaderValue(key) { problems.append(unusable("CONVEX_DEPLOY_KEY")) }
      return .deployKey(key)
    case (_?, _?):
      problems.append(
        SandboxError(
          .invalidArgument, "CONVEX_AUTH_TOKEN and CONVEX_DEPLOY_KEY are both set; a call has one: unset one"))
      return .anonymous
    }
  }

  private static func functions(_ settings: EndpointSettings, _ problems: inout [SandboxError]) -> ConvexFunctions {
    guard let text = value(settings.convexFunctions) else { return .seed }
    do throws(SandboxError) {
      return try ConvexFunctions(parsing: text)
    } catch {
      problems.append(error)
      return .seed
    }
  }

  private static func unusable(_ variable: String) -> SandboxError {
    SandboxError(
      .invalidArgument, "\(variable) has characters that a credential cannot have, as a space or a line break")
  }

  private static func isHeaderValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }

  /// An empty variable is one that is not set.
  private static func value(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
}
