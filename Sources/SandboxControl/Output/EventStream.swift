package import SandboxCore

/// The session's events as lines: `[State] running` and `[Event] type: data`, or one CloudEvents object a line.
package struct EventStream: Sendable {
  package enum Format: Sendable { case text, json }

  private let sink: OutputSink
  private let format: Format
  private let session: SessionID

  package init(sink: OutputSink, format: Format, session: SessionID) {
    self.sink = sink
    self.format = format
    self.session = session
  }

  /// To be given to the session's log as an observer.
  package func observe(_ records: [EventRecord], _: SessionState) {
    for record in records { tell(record) }
  }

  private func tell(_ record: EventRecord) {
    let data: JSONValue
    switch record.event {
    case .announced(let announcement): data = announcement.data
    case .stateChanged(let transition):
      data = [
        "from": .string(transition.from.rawValue), "to": .string(transition.to.rawValue),
        "reason": .string(transition.reason), "actor": .string(transition.actor),
      ]
      if format == .text { sink.write("[State] \(transition.to.rawValue)\n") }
    default: return
    }
    let type = record.event.type
    let mayBeLost = type == "progress" || type == "thinking" || type == "terminal"
    switch format {
    case .text: sink.write("[Event] \(type): \(data.text(.compact))\n", mayBeLost: mayBeLost)
    case .json: sink.write(cloudEvent(record, type: type, data: data).text(.compact) + "\n", mayBeLost: mayBeLost)
    }
  }

  private func cloudEvent(_ record: EventRecord, type: String, data: JSONValue) -> JSONValue {
    [
      "specversion": "1.0", "id": .string("\(session)/\(record.sequence)"), "source": .string("/sessions/\(session)"),
      "type": .string("sandbox.\(type)"), "time": .string(Timestamp.iso8601(milliseconds: record.time)),
      "datacontenttype": "application/json", "sequence": .string(String(record.sequence)), "data": data,
    ]
  }
}
