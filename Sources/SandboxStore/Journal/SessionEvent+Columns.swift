internal import SandboxCore

extension SessionEvent {
  /// The task that the event is about, for finding it.
  var taskID: TaskID? {
    switch self {
    case .planCreated(let event): event.taskID
    case .taskCreated(let event): event.taskID
    case .taskStarted(let event): event.taskID
    case .taskFinished(let event): event.taskID
    case .transcriptNoted(let event): event.taskID
    case .modelCallStarted(let event): event.taskID
    case .modelCallCompleted(let event): event.taskID
    case .modelCallFailed(let event): event.taskID
    case .toolCallStarted(let event): event.taskID
    case .toolCallCompleted(let event): event.taskID
    case .toolCallRefused(let event): event.taskID
    case .sessionCreated, .stateChanged, .toolsLoaded, .stopRequested, .outcomeDecided, .teardownChanged,
      .toolCallRetried, .blackboardWritten, .artifactCreated, .outboxQueued, .outboxAttempted, .announced:
      nil
    }
  }

  /// What connects an intent with its completion: the call, or the outbox item.
  var correlationID: String? {
    switch self {
    case .modelCallStarted(let event): event.callID.rawValue
    case .modelCallCompleted(let event): event.callID.rawValue
    case .modelCallFailed(let event): event.callID.rawValue
    case .toolCallStarted(let event): event.callID.rawValue
    case .toolCallRetried(let event): event.callID.rawValue
    case .toolCallCompleted(let event): event.callID.rawValue
    case .toolCallRefused(let event): event.callID.rawValue
    case .outboxQueued(let item): item.id
    case .outboxAttempted(let event): event.id
    case .sessionCreated, .stateChanged, .toolsLoaded, .stopRequested, .outcomeDecided, .teardownChanged,
      .planCreated, .taskCreated, .taskStarted, .taskFinished, .transcriptNoted, .blackboardWritten,
      .artifactCreated, .announced:
      nil
    }
  }
}
