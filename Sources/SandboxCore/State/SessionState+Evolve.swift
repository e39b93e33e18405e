extension SessionState {
  /// The only way a session's state changes. Pure: no clock, no chance, nothing outside.
  package mutating func evolve(_ record: EventRecord) {
    sequence = record.sequence
    if firstEventAt == 0 { firstEventAt = record.time }
    lastEventAt = record.time
    switch record.event {
    case .sessionCreated(let event):
      session = event
      budget = Budget(limit: event.budget, holdback: event.holdback)
    case .stateChanged(let transition):
      lifecycle.apply(transition, at: record.time, sequence: record.sequence)
    case .toolsLoaded(let event): tools = event
    case .stopRequested(let reason): if stop == nil { stop = reason }
    case .outcomeDecided(let outcome): lifecycle.apply(outcome)
    case .teardownChanged(let teardown): lifecycle.apply(teardown)
    case .planCreated(let event): plans.append(event.plan)
    case .taskCreated, .taskStarted, .taskFinished, .transcriptNoted: evolveTask(record)
    case .modelCallStarted, .modelCallCompleted, .modelCallFailed: evolveModelCall(record.event)
    case .toolCallStarted, .toolCallRetried, .toolCallCompleted, .toolCallRefused: evolveToolCall(record)
    case .blackboardWritten(let entry): blackboard[entry.namespace, default: [:]][entry.key] = entry
    case .artifactCreated(let artifact):
      if let index = artifacts.firstIndex(where: { $0.name == artifact.name }) {
        artifacts[index] = artifact
      } else {
        artifacts.append(artifact)
      }
    case .outboxQueued(let item):
      if !outbox.contains(where: { $0.item.id == item.id }) { outbox.append(OutboxState(item)) }
    case .outboxAttempted(let event):
      guard let index = outbox.firstIndex(where: { $0.item.id == event.id }) else { return }
      outbox[index].attempts += 1
      outbox[index].error = event.error
      if event.isAcknowledged { outbox[index].isAcknowledged = true }
    case .announced: break
    }
  }

  mutating func count(_ agent: AgentID, _ change: (inout Metrics) -> Void) {
    change(&metrics)
    change(&metricsByAgent[agent, default: Metrics()])
  }
}
