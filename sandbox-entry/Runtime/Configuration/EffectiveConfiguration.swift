import SandboxAgents
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxTools

/// The configuration as it holds, for people: secrets are shown as set or not set.
enum EffectiveConfiguration {
  /// - Parameter standardModel: what is used when none is named.
  static func json(
    _ configuration: RunConfiguration, isolation: JSONValue, standardModel: String?, endpoint: String, tools: [String]
  ) -> JSONValue {
    let session = configuration.session
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func secret(_ value: String?) -> JSONValue { value == nil ? "not set" : "set" }
    return [
      "sessionId": .string(session.sessionID.rawValue), "workspaceId": .string(session.workspaceID),
      "sandboxId": .string(session.sandboxID), "userId": .string(session.userID), "request": .string(session.request),
      "mode": .string(session.mode.rawValue), "model": text(session.model ?? standardModel),
      "stateDirectory": .string(configuration.stateDirectory),
      "inputs": .array(configuration.inputs.values.sorted().map { .string($0) }),
      "manifests": .array(session.manifestPaths.map { .string($0) }), "tools": .array(tools.map { .string($0) }),
      "subAgents": .array(session.subAgents.map { .string($0.id.rawValue) }),
      "endpoint": .string(endpoint),
      "limits": [
        "maxDurationMs": .int(session.limits.maxDurationMilliseconds),
        "costLimitUsd": session.limits.costLimit.map { .double($0.dollars) } ?? .null,
        "tokenLimit": session.limits.tokenLimit.map { .int(Int64($0)) } ?? .null,
        "maxTokensPerRequest": .int(Int64(session.limits.maxTokensPerRequest)),
        "maxConcurrentTools": .int(Int64(session.limits.maxConcurrentTools)),
        "maxConcurrentAgents": .int(Int64(session.limits.maxConcurrentAgents)),
        "maxCallsPerMinute": session.limits.maxCallsPerMinute.map { .int(Int64($0)) } ?? .null,
        "maxIterations": .int(Int64(session.limits.maxIterations)),
      ],
      "shutdownGraceMs": .int(session.shutdownGrace.milliseconds),
      "secrets": [
        "OPENAI_API_KEY": secret(configuration.providers.openAIKey),
        "OPENROUTER_API_KEY": secret(configuration.providers.openRouterKey),
      ],
      "toolSecrets": toolSecrets(configuration.secrets),
      "privateNetworks": .array(configuration.privateNetworks.map { .string($0) }),
      "policy": text(configuration.policyPlace), "allowDependencies": .bool(configuration.allowsDependencies),
      "toolPaths": .array(configuration.grants.paths.map { .string($0) }),
      "toolNetwork": .array(configuration.grants.networkTools.sorted().map { .string($0) }),
      "isolation": .string(configuration.isolation.rawValue), "enforced": isolation,
    ]
  }

  /// Where each secret may go.
  private static func toolSecrets(_ secrets: SecretStore) -> JSONValue {
    let places = secrets.names.map { name in
      (name, JSONValue.array((secrets[name]?.bindings ?? []).map { .string(place($0)) }))
    }
    return .object(JSONObject(places))
  }

  private static func place(_ binding: ToolSecret.Binding) -> String {
    switch binding {
    case .host(let name, let port): name + (port.map { ":\($0)" } ?? "")
    case .domain(let name, let port): "*.\(name)" + (port.map { ":\($0)" } ?? "")
    case .tool(let id): "tool:\(id)"
    }
  }
}
