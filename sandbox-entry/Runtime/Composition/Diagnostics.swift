import Logging
import SandboxCore

/// Log lines on standard error, as text for people or as one JSON object a line.
struct Diagnostics: LogHandler {
  let isJSON: Bool
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  static func logger(_ settings: RunConfiguration.LogSettings, session: SessionID) -> Logger {
    var logger = Logger(label: "sandbox-entry") { _ in
      Diagnostics(isJSON: settings.isJSON, logLevel: Logger.Level(rawValue: settings.level) ?? .info)
    }
    logger[metadataKey: "session.id"] = "\(session)"
    return logger
  }

  func log(event: LogEvent) {
    if isJSON {
      var object: JSONObject = [
        "time": .string(Timestamp.iso8601(milliseconds: TimeSource.system.wallMilliseconds())),
        "level": .string(event.level.rawValue), "message": .string(event.message.description),
      ]
      for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
        object[key] = .string("\(value)")
      }
      StandardError.write(JSONValue.object(object).text(.compact))
    } else {
      StandardError.write("\(event.level.rawValue): \(event.message)")
    }
  }
}
