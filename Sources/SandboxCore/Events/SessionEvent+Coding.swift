extension SessionEvent {
  /// The event's name in the journal; an announcement has its own.
  package var type: String {
    switch self {
    case .sessionCreated: "session_created"
    case .stateChanged: "state_changed"
    case .toolsLoaded: "manifests_loaded"
    case .stopRequested: "stop_requested"
    case .outcomeDecided: "outcome_decided"
    case .teardownChanged: "teardown_changed"
    case .planCreated: "plan_created"
    case .taskCreated: "task_created"
    case .taskStarted: "task_started"
    case .taskFinished: "task_finished"
    case .transcriptNoted: "transcript_noted"
    case .modelCallStarted: "model_call_started"
    case .modelCallCompleted: "model_call_completed"
    case .modelCallFailed: "model_call_failed"
    case .toolCallStarted: "tool_call_started"
    case .toolCallRetried: "tool_call_retried"
    case .toolCallCompleted: "tool_call_completed"
    case .toolCallRefused: "tool_call_refused"
    case .blackboardWritten: "blackboard_written"
    case .artifactCreated: "artifact_created"
    case .outboxQueued: "outbox_queued"
    case .outboxAttempted: "outbox_attempted"
    case .announced(let announcement): announcement.type
    }
  }

  /// The event's body as JSON; with ``type`` it makes the event again.
  package func body() throws(SandboxError) -> JSONValue {
    do {
      switch self {
      case .sessionCreated(let body): return try JSONValue.encoding(body)
      case .stateChanged(let body): return try JSONValue.encoding(body)
      case .toolsLoaded(let body): return try JSONValue.encoding(body)
      case .stopRequested(let body): return try JSONValue.encoding(body)
      case .outcomeDecided(let body): return try JSONValue.encoding(body)
      case .teardownChanged(let body): return try JSONValue.encoding(body)
      case .planCreated(let body): return try JSONValue.encoding(body)
      case .taskCreated(let body): return try JSONValue.encoding(body)
      case .taskStarted(let body): return try JSONValue.encoding(body)
      case .taskFinished(let body): return try JSONValue.encoding(body)
      case .transcriptNoted(let body): return try JSONValue.encoding(body)
      case .modelCallStarted(let body): return try JSONValue.encoding(body)
      case .modelCallCompleted(let body): return try JSONValue.encoding(body)
      case .modelCallFailed(let body): return try JSONValue.encoding(body)
      case .toolCallStarted(let body): return try JSONValue.encoding(body)
      case .toolCallRetried(let body): return try JSONValue.encoding(body)
      case .toolCallCompleted(let body): return try JSONValue.encoding(body)
      case .toolCallRefused(let body): return try JSONValue.encoding(body)
      case .blackboardWritten(let body): return try JSONValue.encoding(body)
      case .artifactCreated(let body): return try JSONValue.encoding(body)
      case .outboxQueued(let body): return try JSONValue.encoding(body)
      case .outboxAttempted(let body): return try JSONValue.encoding(body)
      case .announced(let announcement): return announcement.data
      }
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  /// Reads an event back. A type that is none of ours is an announcement: the documents' names are open for growth.
  package init(type: String, body: JSONValue) throws(SandboxError) {
    do {
      self =
        switch type {
        case "session_created": .sessionCreated(try body.decode())
        case "state_changed": .stateChanged(try body.decode())
        case "manifests_loaded": .toolsLoaded(try body.decode())
        case "stop_requested": .stopRequested(try body.decode())
        case "outcome_decided": .outcomeDecided(try body.decode())
        case "teardown_changed": .teardownChanged(try body.decode())
        case "plan_created": .planCreated(try body.decode())
        case "task_created": .taskCreated(try body.decode())
        case "task_started": .taskStarted(try body.decode())
        case "task_finished": .taskFinished(try body.decode())
        case "transcript_noted": .transcriptNoted(try body.decode())
        case "model_call_started": .modelCallStarted(try body.decode())
        case "model_call_completed": .modelCallCompleted(try body.decode())
        case "model_call_failed": .modelCallFailed(try body.decode())
        case "tool_call_started": .toolCallStarted(try body.decode())
        case "tool_call_retried": .toolCallRetried(try body.decode())
        case "tool_call_completed": .toolCallCompleted(try body.decode())
        case "tool_call_refused": .toolCallRefused(try body.decode())
        case "blackboard_written": .blackboardWritten(try body.decode())
        case "artifact_created": .artifactCreated(try body.decode())
        case "outbox_queued": .outboxQueued(try body.decode())
        case "outbox_attempted": .outboxAttempted(try body.decode())
        default: .announced(Announcement(type, body))
        }
    } catch {
      throw SandboxError.wrap(error)
    }
  }
}
