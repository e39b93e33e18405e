import SandboxCore
import Testing

@testable import SandboxAgents

/// Whole sessions by rules: the meta-agent plans, the sub-agents work on files and tables, a report comes out.
@Suite struct OfflineDemonstrationTests {
  private static let request = """
    Which sections of the installed Debian packages in packages.tsv take the most space? Chart the ten largest \
    sections by total installed size and write a report with the totals.
    """

  /// Packages with sizes from a fixed generator, over more than ten sections.
  private static func packages() -> (text: String, sizes: [String: Int], total: Int) {
    var seed: UInt64 = 42
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    var lines = ["package\tversion\tsection\tinstalled_size_kib\tarchitecture"]
    var sizes: [String: Int] = [:]
    for index in 0..<300 {
      let section = "section\(random(14))"
      let size = random(50_000)
      sizes[section, default: 0] += size
      lines.append("pkg-\(index)\t1.\(random(9))-\(index)\t\(section)\t\(size)\tamd64")
    }
    return (lines.joined(separator: "\n"), sizes, sizes.values.reduce(0, +))
  }

  @Test(arguments: [(true, "packages.tsv"), (false, "packages.tsv"), (true, "input/packages.tsv")])
  func largestSections(describesDistinct: Bool, path: String) async throws {
    let (text, sizes, total) = Self.packages()
    let rig = OfflineRig(files: [path: text, "notes.txt": "nothing of interest"])
    rig.describesDistinct = describesDistinct
    let run = try await rig.session(Self.request)

    #expect(run.calls.map(\.name) == ["list_available_tools", "create_plan"])
    #expect(Set(rig.runs.keys) == ["research", "analytics", "content"])
    let largest = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
    let chart = try #require(rig.charts.first)
    #expect(rig.charts.count == 1 && chart["type"] == "bar")
    #expect(chart["data"]?.arrayValue == largest.map { ["label": .string($0.key), "value": .int(Int64($0.value))] })
    let document = try #require(rig.documents.first?["content"]?.stringValue)
    #expect(rig.documents.count == 1 && rig.documents.first?["format"] == "markdown")
    for output in [document, run.answer] {
      for (section, size) in largest {
        // Thousandths of the whole, rounded half up.
        let share = (size * 2_000 + total) / (total * 2)
        #expect(output.contains("| \(section) | \(size) |") && output.contains("| \(share / 10).\(share % 10) |"))
      }
      #expect(output.contains("| total_installed_size_kib | \(total) |"))
      #expect(output.contains("| row_count | 300 |") && output.contains("| distinct_section | 14 |"))
      #expect(output.contains("chart-1.svg"))
      #expect(output.contains(OfflineReply.note))
    }
    #expect(document.contains(Self.request) && document.contains("SELECT \"section\", SUM(\"installed_size_kib\")"))
    #expect(run.answer.contains("report-1.md"))
    #expect(!run.answer.contains("## Problems"), "\(run.answer)")
  }

  @Test func sourceTree() async throws {
    let rig = OfflineRig(files: [
      "Sources/A/SessionLog.swift": "struct SessionLog {}\n",
      "Sources/A/Use.swift": "let a = SessionLog()\nlet b = SessionLog()\n",
      "Sources/B/Other.swift": "let c = 1\n", "README.md": "# About\nReads the SessionLog.\n",
    ])
    let run = try await rig.session("How many Swift files are there and where is SessionLog used? Write a report.")
    #expect(Set(rig.runs.keys) == ["research", "content"])
    #expect(run.answer.contains("(.swift): **3**"))
    #expect(run.answer.contains("`SessionLog` occurs in **4 lines** of 3 files"))
    #expect(run.answer.contains("| Sources/A/Use.swift | 2 | 1, 2 |"))
    #expect(rig.documents.first?["content"]?.stringValue?.contains("(.swift): **3**") == true)
  }

  private static let sales = """
    region,month,product,revenue,units
    North,2024-01,Tea,100,5
    North,2024-02,Tea,250,10
    South,2024-01,Coffee,300,6
    South,2024-02,Tea,50,1
    West,2024-01,Coffee,75,3
    """

  @Test(arguments: [
    ("Total revenue per region from sales.csv?", "| South | 350 | 2 | 45.2 |", "| North | 350 | 2 | 45.2 |"),
    ("In sales.csv, what is the average revenue by month?", "| 2024-01 | 158.33 | 3 |", "| 2024-02 | 150 | 2 |"),
    ("Top 1 products by units in sales.csv", "| Tea | 16 | 3 | 64.0 |", "| total_units | 25 |"),
    ("How many rows per product are in sales.csv?", "| Tea | 3 | 60.0 |", "| Coffee | 2 | 40.0 |"),
    (
      "Which region has the lowest revenue in sales.csv?", "**West** has the lowest total revenue: **75**",
      "| West | 75 | 1 | 9.7 |"
    ),
    (
      "Revenue by region and month in sales.csv", "| North | 2024-02 | 250 | 1 | 32.3 |",
      "| South | 2024-02 | 50 | 1 | 6.5 |"
    ),
    (
      "Show the total revenue of North by month, from sales.csv", "| 2024-01 | 100 | 1 | 28.6 |",
      "| total_revenue | 350 |"
    ),
    ("How many different products are in sales.csv?", "| distinct_product | 2 |", "| row_count | 5 |"),
  ])
  func sales(request: String, expected: String, also: String) async throws {
    let run = try await OfflineRig(files: ["sales.csv": Self.sales]).session(request)
    #expect(run.answer.contains(expected) && run.answer.contains(also), "\(run.answer)")
  }

  @Test func charts() async throws {
    let rig = OfflineRig(files: ["data/sales.csv": Self.sales])
    let run = try await rig.session("Plot total revenue by month from the sales data as a line chart")
    #expect(rig.charts.first?["type"] == "line")
    #expect(rig.charts.first?["data"] == [["label": "2024-01", "value": 475], ["label": "2024-02", "value": 300]])
    #expect(rig.documents.isEmpty && run.answer.contains("chart-1.svg"))
  }

  @Test func resultsThatWereCut() async throws {
    var files = ["sales.csv": Self.sales]
    for index in 100..<300 { files["notes/file\(index).txt"] = "text" }
    let rig = OfflineRig(files: files)
    rig.maximumResult = 3_000
    let run = try await rig.run(
      AgentID("omega:research"), "Which text files are in the workspace?", tools: rig.tools("research"))
    #expect(run.answer.contains("at least"))
  }
}
