import SandboxCore

extension ConfigurationLoader {
  /// The secrets that tools may be granted, and what hides these and all others.
  func secrets(_ configuration: inout RunConfiguration, _ reader: inout ConfigurationReader) {
    let tools = ToolSecretVariables.read(reader.sources.environment, &reader)
    configuration.secrets = SecretStore(tools)
    var values = SecretVariables.values(in: reader.sources.environment) + tools.map(\.value)
    // Given as files or options; what is wrong with these has been told.
    var known: [ConfigurationProblem] = []
    values += Variable.allCases.filter(\.isSecret).compactMap { reader.sources.text($0, &known) }
    configuration.redactor = Redactor(secrets: values)
  }
}
