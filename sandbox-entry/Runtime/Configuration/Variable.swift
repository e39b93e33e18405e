/// An environment variable of the contract (section 1). Every option of the command line is one of these, too.
enum Variable: String, CaseIterable, Sendable {
  case sessionID = "SESSION_ID"
  case workspaceID = "WORKSPACE_ID"
  case sandboxID = "SANDBOX_ID"
  case userID = "USER_ID"
  case request = "USER_REQUEST"
  case convexURL = "CONVEX_URL"
  case convexAuthToken = "CONVEX_AUTH_TOKEN"
  case convexDeployKey = "CONVEX_DEPLOY_KEY"
  case convexFunctions = "CONVEX_FUNCTIONS"
  case localConvexURL = "LOCAL_CONVEX_URL"
  case cloudURL = "AGENT_CLOUD_URL"
  case config = "AGENT_CONFIG"
  case stateDirectory = "AGENT_STATE_DIR"
  case manifests = "AGENT_MANIFESTS"
  case inputs = "AGENT_INPUTS"
  case model = "AGENT_MODEL"
  case openAIKey = "OPENAI_API_KEY"
  case openAIBaseURL = "OPENAI_BASE_URL"
  case anthropicKey = "ANTHROPIC_API_KEY"
  case anthropicBaseURL = "ANTHROPIC_BASE_URL"
  case openRouterKey = "OPENROUTER_API_KEY"
  case ollamaHost = "OLLAMA_HOST"
  case instructions = "AGENT_INSTRUCTIONS"
  case subAgents = "SUB_AGENTS"
  case mode = "AGENT_MODE"
  case maxDuration = "AGENT_MAX_DURATION_MS"
  case costLimit = "AGENT_COST_LIMIT_USD"
  case tokenLimit = "AGENT_TOKEN_LIMIT"
  case maxTokensPerRequest = "AGENT_MAX_TOKENS_PER_REQUEST"
  case maxConcurrentTools = "AGENT_MAX_CONCURRENT_TOOLS"
  case maxConcurrentAgents = "AGENT_MAX_CONCURRENT_AGENTS"
  case maxCallsPerMinute = "AGENT_MAX_CALLS_PER_MIN"
  case maxIterations = "AGENT_MAX_ITERATIONS"
  case shutdownGrace = "AGENT_SHUTDOWN_GRACE_MS"
  case isolation = "AGENT_ISOLATION"
  case isolationWithout = "AGENT_ISOLATION_WITHOUT"
  case toolPaths = "AGENT_TOOL_PATHS"
  case toolNetwork = "AGENT_TOOL_NETWORK"
  case policy = "AGENT_POLICY"
  case privateNetworks = "AGENT_PRIVATE_NETWORKS"
  case allowDependencies = "AGENT_ALLOW_DEPENDENCIES"
  case logFormat = "AGENT_LOG_FORMAT"
  case logLevel = "LOG_LEVEL"
  case exitCodes = "AGENT_EXIT_CODES"
  case control = "AGENT_CONTROL"
  case controlToken = "AGENT_CONTROL_TOKEN"

  /// Whether its value must never be shown.
  var isSecret: Bool {
    switch self {
    case .convexAuthToken, .convexDeployKey, .openAIKey, .anthropicKey, .openRouterKey, .controlToken: true
    default: false
    }
  }

  /// Names under `AGENT_` that other parts of the contract own, so that they are not taken for misspellings.
  static let alsoKnown: Set<String> = ["AGENT_SANDBOXED", "AGENT_NETWORK", "AGENT_CALL_ID"]
}
