internal import Glibc

/// Runs blocking work on a thread of its own, so that it takes nothing from the threads that run Swift's tasks.
package enum DedicatedThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Messages are parsed here, as deeply nested as their limits allow; a level takes some 2 KiB without optimisation, and
  /// several times that under a sanitizer. What is not touched costs nothing.
  private static let stackSize = 4 << 20

  /// Starts the thread; false when the system has none left, in which case `body` never runs. All signals are blocked
  /// in it: they are for the threads that handle them, and a broken pipe must be an error code.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackSize)

    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, nil)
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    if result != 0 { work.release() }
    return result == 0
  }
}
