/// A fact about the session. The session's state is the fold of its events and of nothing else.
///
/// The case's name is the event's type on the wire and in the journal, see ``SessionEvent/type``.
package enum SessionEvent: Sendable, Hashable {
  case sessionCreated(SessionCreated)
  case stateChanged(Transition)
  case toolsLoaded(ToolsLoaded)
  case stopRequested(StopReason)
  case outcomeDecided(Outcome)
  case teardownChanged(Teardown)

  case planCreated(PlanCreated)
  case taskCreated(TaskCreated)
  case taskStarted(TaskStarted)
  case taskFinished(TaskFinished)
  case transcriptNoted(TranscriptNoted)

  case modelCallStarted(ModelCallStarted)
  case modelCallCompleted(ModelCallCompleted)
  case modelCallFailed(ModelCallFailed)

  case toolCallStarted(ToolCallStarted)
  case toolCallRetried(ToolCallRetried)
  case toolCallCompleted(ToolCallCompleted)
  case toolCallRefused(ToolCallRefused)

  case blackboardWritten(BlackboardEntry)
  case artifactCreated(Artifact)
  case outboxQueued(OutboxItem)
  case outboxAttempted(OutboxAttempted)

  /// Something told to whoever watches (the documents' event names). It changes no state.
  case announced(Announcement)
}

/// An event with its place in the journal.
package struct EventRecord: Sendable, Hashable {
  /// Dense, from 1.
  package let sequence: Int64
  /// Milliseconds since 1970.
  package let time: Int64
  package let actor: String
  package let event: SessionEvent

  package init(sequence: Int64, time: Int64, actor: String, event: SessionEvent) {
    self.sequence = sequence
    self.time = time
    self.actor = actor
    self.event = event
  }
}

/// What is told to supervisors and viewers, named as the documents name it.
package struct Announcement: Sendable, Hashable, Codable {
  package let type: String
  package let data: JSONValue

  package init(_ type: String, _ data: JSONValue = .object([:])) {
    self.type = type
    self.data = data
  }
}
