import ArgumentParser

/// Options that stand for an environment variable each, and win over it.
struct SessionOptions: ParsableArguments {
  @Option(help: "What to do.")
  var request: String?

  @Option(help: "Session configuration file (JSON); - reads standard input.")
  var config: String?

  @Option(help: "Manifest file or folder; several with ':'.")
  var manifests: String?

  @Option(name: .customLong("state-dir"), help: "Where sessions are kept.")
  var stateDirectory: String?

  @Option(help: "openai/…, openrouter/…, ollama/…, a known model name, offline, scripted:FILE.")
  var model: String?

  @Option(help: "Where results go: file:///dir, or the Convex deployment by CONVEX_URL.")
  var cloud: String?

  @Option(help: "Session id.")
  var session: String?

  @Option(help: "text or json.")
  var output: String?

  @Option(help: "File or folder that the session may read; may be given several times.")
  var input: [String] = []

  var variables: [Variable: String] {
    var variables: [Variable: String] = [:]
    for (variable, value) in [
      (Variable.request, request), (.config, config), (.manifests, manifests), (.stateDirectory, stateDirectory),
      (.model, model), (.cloudURL, cloud), (.sessionID, session), (.logFormat, output),
    ] {
      if let value { variables[variable] = value }
    }
    if !input.isEmpty { variables[.inputs] = input.joined(separator: ":") }
    return variables
  }
}
