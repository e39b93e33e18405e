import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxTools

/// What one start of the program is told: the session's configuration and everything around it.
struct RunConfiguration: Sendable {
  var session: SessionConfiguration
  var stateDirectory = "./.sandbox-entry"
  /// Files and folders of the user that the session may read: real paths by the names under which it sees them.
  var inputs: [String: String] = [:]
  var endpoint: EndpointSelection = .directory("./.sandbox-entry/cloud")
  /// Whether the session's configuration is to be fetched from the endpoint.
  var fetchesConfiguration = false
  var providers = ProviderVariables()
  /// Proxies and trusted certificates.
  var transport = HTTPTransportConfiguration()
  /// What manifests may name.
  var secrets = SecretStore.empty
  /// Hides all secrets that the program was given.
  var redactor = Redactor.shapesOnly
  /// Where tools may connect to.
  var addresses = AddressPolicy()
  /// The private networks among that, as they were given.
  var privateNetworks: [String] = []
  /// Where the rules of the session's policy were read; nil when it has none.
  var policyPlace: String?
  /// Whether code that an agent wrote may have packages installed for it.
  var allowsDependencies = false
  var isolation = IsolationMode.bestEffort
  /// What may be used for isolation of what the kernel offers.
  var kernel = KernelLimits()
  /// What manifests may ask for beyond what every program gets.
  var grants = GrantRules.none
  var log = LogSettings()
  var usesSimpleExitCodes = false
  /// What was noticed and is no reason to stop.
  var warnings: [String] = []

  struct ProviderVariables: Sendable {
    var openAIKey: String?
    var openAIBaseURL: String?
    var openRouterKey: String?
    var ollamaHost: String?
    var anthropicKey: String?
  }

  struct LogSettings: Sendable {
    var isJSON = false
    var level = "info"
  }
}
