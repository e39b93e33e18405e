internal import SandboxCore
internal import SandboxSQLite

/// Brings the projected tables up to date with one event. The same rules as the fold of the state, in SQL: an event that
/// the fold ignores changes no row.
struct Projector {
  let connection: SQLiteConnection

  init(_ connection: SQLiteConnection) { self.connection = connection }

  func project(_ record: EventRecord) throws(SandboxError) {
    switch record.event {
    case .sessionCreated(let event): try project(event, record)
    case .stateChanged(let transition): try project(transition, record)
    case .toolsLoaded(let event): try project(event)
    case .stopRequested(let reason): try project(reason)
    case .outcomeDecided(let outcome): try project(outcome)
    case .teardownChanged(let teardown): try project(teardown)
    case .planCreated(let event): try project(event, record)
    case .taskCreated(let event): try project(event, record)
    case .taskStarted(let event): try project(event, record)
    case .taskFinished(let event): try project(event, record)
    case .modelCallStarted(let event): try project(event, record)
    case .modelCallCompleted(let event): try project(event, record)
    case .modelCallFailed(let event): try project(event, record)
    case .toolCallStarted(let event): try project(event, record)
    case .toolCallRetried(let event): try project(event)
    case .toolCallCompleted(let event): try project(event, record)
    case .toolCallRefused(let event): try project(event, record)
    case .blackboardWritten(let entry): try project(entry, record)
    case .artifactCreated(let artifact): try project(artifact, record)
    case .outboxQueued(let item): try project(item, record)
    case .outboxAttempted(let event): try project(event, record)
    case .transcriptNoted, .announced: break
    }
  }
}

extension SQLiteValue {
  init(_ value: Int) { self = .int(Int64(value)) }
  init(_ value: Bool) { self = .int(value ? 1 : 0) }

  /// Text that is short enough to lie in a row, else NULL: the event has it.
  static func inline(_ text: String?) -> SQLiteValue {
    guard let text, text.utf8.count <= EventRow.inlineLimit else { return .null }
    return .text(text)
  }

  static func inline(_ value: JSONValue) -> SQLiteValue { value.isNull ? .null : .inline(value.text(.canonical)) }

  static func names<Kind>(_ ids: [Identifier<Kind>]) -> SQLiteValue { names(ids.map(\.rawValue)) }

  static func names(_ names: [String]) -> SQLiteValue { .inline(.array(names.map(JSONValue.string))) }
}
