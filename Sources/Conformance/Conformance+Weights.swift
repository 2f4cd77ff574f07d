import Diagnostics

extension Conformance {
    static func checkWeights(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        report.failed = 1
    }
}
