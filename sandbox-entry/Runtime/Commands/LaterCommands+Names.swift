import ArgumentParser

struct ResumeCommand: LaterCommand {
  static let name = "resume"
  static let instead = "a session that was interrupted must be started anew under another SESSION_ID"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct InspectCommand: LaterCommand {
  static let name = "inspect"
  static let instead = "read status.json, result.json and the tables of journal.db in the session's folder"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct ReplayCommand: LaterCommand {
  static let name = "replay"
  static let instead = "read the events table of journal.db in the session's folder"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct ReportCommand: LaterCommand {
  static let name = "report"
  static let instead = "read result.json in the session's folder"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct StatusCommand: LaterCommand {
  static let name = "status"
  static let instead = "read status.json in the session's folder"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct TailCommand: LaterCommand {
  static let name = "tail"
  static let instead = "read the session's standard output"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct PauseCommand: LaterCommand {
  static let name = "pause"
  static let instead = "send TERM to end the session"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct ContinueCommand: LaterCommand {
  static let name = "continue"
  static let instead = "sessions cannot be paused"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct CancelCommand: LaterCommand {
  static let name = "cancel"
  static let instead = "send TERM to the session's process"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct ApproveCommand: LaterCommand {
  static let name = "approve"
  static let instead = "tools are allowed or not by the manifests that are loaded"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct DenyCommand: LaterCommand {
  static let name = "deny"
  static let instead = "tools are allowed or not by the manifests that are loaded"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct SayCommand: LaterCommand {
  static let name = "say"
  static let instead = "give the whole request in USER_REQUEST"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LimitCommand: LaterCommand {
  static let name = "limit"
  static let instead = "set the limits in the environment before the start"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct SessionsCommand: LaterCommand {
  static let name = "sessions"
  static let instead = "list the folders below sessions/ in the state directory"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct ServeCommand: LaterCommand {
  static let name = "serve"
  static let instead = "read status.json of each session"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}
