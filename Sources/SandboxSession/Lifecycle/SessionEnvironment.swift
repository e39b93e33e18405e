package import SandboxCore
package import SandboxTools

/// What a session runs on: the ports and values that the executable has opened for it.
package struct SessionEnvironment: Sendable {
  package let configuration: SessionConfiguration
  package let log: SessionLog
  package let blobs: any BlobStore
  package let endpoint: any CloudEndpoint
  package let stop: StopControl
  /// Asked to stop when even the shutdown has to be cut short: a second signal.
  package let hurry: StopControl
  package let time: TimeSource
  package let models: ModelProvider
  package let tools: ToolLoader
  package let reports: ReportWriter
  /// Told what people should read: a skipped manifest, an endpoint that does not answer.
  package let notice: @Sendable (Notice) -> Void

  package struct Notice: Sendable {
    package enum Level: Sendable { case info, warning, error }
    package let level: Level
    package let text: String

    package init(_ level: Level, _ text: String) {
      self.level = level
      self.text = text
    }
  }

  package init(
    configuration: SessionConfiguration, log: SessionLog, blobs: any BlobStore, endpoint: any CloudEndpoint,
    stop: StopControl, hurry: StopControl, time: TimeSource, models: ModelProvider, tools: ToolLoader,
    reports: ReportWriter, notice: @escaping @Sendable (Notice) -> Void
  ) {
    self.configuration = configuration
    self.log = log
    self.blobs = blobs
    self.endpoint = endpoint
    self.stop = stop
    self.hurry = hurry
    self.time = time
    self.models = models
    self.tools = tools
    self.reports = reports
    self.notice = notice
  }
}
