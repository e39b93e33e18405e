internal import SandboxCore

/// An event as the journal keeps it: the body is canonical JSON.
struct EventRow {
  /// Longer bodies lie beside the journal by their hash.
  static let inlineLimit = 16 << 10

  /// The version of the bodies of facts. Announcements are version 0: they have no form of ours, and a name that is
  /// also a fact's does not make them one.
  static let factVersion: Int64 = 1
  static let announcementVersion: Int64 = 0

  let sequence: Int64
  let time: Int64
  let version: Int64
  let type: String
  let actor: String
  let body: [UInt8]

  init(sequence: Int64, time: Int64, version: Int64, type: String, actor: String, body: [UInt8]) {
    self.sequence = sequence
    self.time = time
    self.version = version
    self.type = type
    self.actor = actor
    self.body = body
  }

  init(_ record: EventRecord) throws(SandboxError) {
    let isAnnouncement = if case .announced = record.event { true } else { false }
    self.init(
      sequence: record.sequence, time: record.time,
      version: isAnnouncement ? Self.announcementVersion : Self.factVersion, type: record.event.type,
      actor: record.actor, body: try record.event.body().utf8(.canonical))
  }

  /// - Throws: `.unsupported` for a version of a later program; `.invalidArgument` when the body is not the type's.
  func record() throws(SandboxError) -> EventRecord {
    // As deep as the parser goes: what was inside its usual limit may lie some levels deeper in an event.
    let value = try JSONValue(parsing: body, limits: JSONLimits(depth: 1000, size: .max))
    let event: SessionEvent
    switch version {
    case Self.announcementVersion: event = .announced(Announcement(type, value))
    case Self.factVersion: event = try SessionEvent(type: type, body: value)
    default:
      throw SandboxError(.unsupported, "event \(sequence) (\(type)) has version \(version) of a later program")
    }
    return EventRecord(sequence: sequence, time: time, actor: actor, event: event)
  }
}
