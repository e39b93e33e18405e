import SandboxCore
import SandboxIO
import Testing

@Suite("The system's resolver", .timeLimit(.minutes(1)))
struct SystemResolverTests {
  @Test("knows this machine")
  func localhost() async throws {
    let addresses = try await SystemResolver().addresses(of: "localhost")
    #expect(!addresses.isEmpty)
    #expect(addresses.allSatisfy { $0.isLoopback })
    #expect(Set(addresses).count == addresses.count)
  }

  @Test("an unknown name: not reached, worth trying again")
  func unknown() async throws {
    let error = await #expect(throws: SandboxError.self) {
      try await SystemResolver().addresses(of: "nothing.invalid")
    }
    #expect(error?.code == .unavailable)
    #expect((error?.cause as? HTTPFailure)?.reached == false)
    #expect(error?.retry == .backoff)
  }

  @Test("more look-ups than threads wait their turn; those that are cancelled leave")
  func many() async throws {
    let resolver = SystemResolver(threads: 2)
    try await withThrowingTaskGroup(of: SandboxError.Code?.self) { group in
      for number in 0..<60 {
        group.addTask {
          let task = Task { () throws(SandboxError) in try await resolver.addresses(of: "localhost") }
          if number.isMultiple(of: 3) { task.cancel() }
          do {
            let addresses = try await task.value
            #expect(!addresses.isEmpty)
            return nil
          } catch {
            return (error as? SandboxError)?.code ?? .internalError
          }
        }
      }
      for try await code in group { #expect(code == nil || code == .cancelled) }
    }
    // Every permit came back.
    #expect(try await resolver.addresses(of: "localhost").isEmpty == false)
  }
}
