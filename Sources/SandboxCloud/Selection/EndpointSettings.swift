/// The values that say where status and results go; each may be absent or empty.
package struct EndpointSettings: Sendable {
  /// `CONVEX_URL`
  package var convexURL: String?
  /// `CONVEX_AUTH_TOKEN`
  package var convexAuthToken: String?
  /// `CONVEX_DEPLOY_KEY`
  package var convexDeployKey: String?
  /// `CONVEX_FUNCTIONS`
  package var convexFunctions: String?
  /// `AGENT_CLOUD_URL`
  package var cloudURL: String?
  /// Where results go when nothing is said: `cloud/` in here.
  package var stateDirectory: String

  package init(
    convexURL: String? = nil, convexAuthToken: String? = nil, convexDeployKey: String? = nil,
    convexFunctions: String? = nil, cloudURL: String? = nil, stateDirectory: String
  ) {
    self.convexURL = convexURL
    self.convexAuthToken = convexAuthToken
    self.convexDeployKey = convexDeployKey
    self.convexFunctions = convexFunctions
    self.cloudURL = cloudURL
    self.stateDirectory = stateDirectory
  }
}
