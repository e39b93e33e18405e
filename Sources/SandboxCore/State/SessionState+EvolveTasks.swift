extension SessionState {
  mutating func evolveTask(_ record: EventRecord) {
    switch record.event {
    case .taskCreated(let event):
      guard tasks[event.taskID] == nil else { return }
      tasks[event.taskID] = TaskState(event, at: record.time)
      if let parent = event.parent {
        tasks[parent]?.children += 1
        budget.open(event.taskID, parent: parent, limit: event.limit)
      }
    case .taskStarted(let event):
      tasks[event.taskID]?.status = .running
      tasks[event.taskID]?.model = event.model
      tasks[event.taskID]?.tools = event.tools
      tasks[event.taskID]?.transcript = Transcript(system: event.system, prompt: event.prompt)
    case .taskFinished(let event):
      guard let task = tasks[event.taskID], !task.status.isFinal else { return }
      tasks[event.taskID]?.status = event.status
      tasks[event.taskID]?.result = event.result
      tasks[event.taskID]?.error = event.error
      tasks[event.taskID]?.finishedAt = record.time
      guard event.taskID != .root else { return }
      switch event.status {
      case .completed: count(task.agentID) { $0.tasksCompleted += 1 }
      case .failed, .cancelled, .skipped: count(task.agentID) { $0.tasksFailed += 1 }
      case .pending, .running: break
      }
    case .transcriptNoted(let event): tasks[event.taskID]?.transcript?.append(note: event.note)
    default: break
    }
  }
}
