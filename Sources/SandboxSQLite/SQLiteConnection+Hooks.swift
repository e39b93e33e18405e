internal import CSQLite

/// Keeps the closure alive that SQLite knows only by address.
final class SQLiteAuthorizer {
  private let rule: (SQLiteAction) -> Bool
  /// Whether something was denied since this was last cleared: SQLite reports a denied function as an ordinary error.
  var didDeny = false

  init(_ rule: @escaping (SQLiteAction) -> Bool) { self.rule = rule }

  func allows(_ action: SQLiteAction) -> Bool {
    let allowed = rule(action)
    if !allowed { didDeny = true }
    return allowed
  }
}

/// Keeps the closure alive that SQLite knows only by address.
final class SQLiteProgressHandler {
  let shouldStop: () -> Bool
  init(_ shouldStop: @escaping () -> Bool) { self.shouldStop = shouldStop }
}

extension SQLiteConnection {
  /// Asks `allows` about everything that a statement would do when it is prepared; a statement that is not allowed
  /// throws `denied`. Nil allows everything again. The closure must not use the connection.
  package func setAuthorizer(_ allows: ((SQLiteAction) -> Bool)?) {
    guard let allows else {
      sqlite3_set_authorizer(handle, nil, nil)
      authorizer = nil
      return
    }
    let box = SQLiteAuthorizer(allows)
    sqlite3_set_authorizer(
      handle,
      { context, code, first, second, schema, _ in
        guard let context else { return SQLITE_DENY }
        let box = Unmanaged<SQLiteAuthorizer>.fromOpaque(context).takeUnretainedValue()
        return box.allows(SQLiteAction(code: code, first, second, schema)) ? SQLITE_OK : SQLITE_DENY
      }, Unmanaged.passUnretained(box).toOpaque())
    authorizer = box
  }

  /// Calls `shouldStop` about every `instructions` steps of SQLite's virtual machine; a statement that is told to stop
  /// throws `cancelled`. Nil removes the handler. The closure must not use the connection.
  package func setProgressHandler(every instructions: Int32 = 10_000, _ shouldStop: (() -> Bool)?) {
    guard let shouldStop else {
      sqlite3_progress_handler(handle, 0, nil, nil)
      progressHandler = nil
      return
    }
    let box = SQLiteProgressHandler(shouldStop)
    sqlite3_progress_handler(
      handle, max(1, instructions),
      { context in
        guard let context else { return 1 }
        return Unmanaged<SQLiteProgressHandler>.fromOpaque(context).takeUnretainedValue().shouldStop() ? 1 : 0
      }, Unmanaged.passUnretained(box).toOpaque())
    progressHandler = box
  }

  /// Stops the running statement; callable from hooks. From another thread use ``interruptHandle``.
  package func interrupt() { interruptHandle.interrupt() }
}
