import Glibc

/// The terminal, or what stands in its place: whatever is wrong with it, a run goes on and its results are kept.
public enum Console {
    /// Makes the process safe from its surroundings; called once, at the start of the program.
    ///
    /// A closed pipe and a limit on file sizes become errors of the write that met them instead of signals, and a
    /// standard stream that was closed is opened on `/dev/null`, so that no file of ours takes its number.
    public static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // Gets the lowest free number: this one.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Writes to standard error; a failure to do so is of no consequence.
    public static func complain(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Writes to standard output what is not a result; a failure to do so is of no consequence.
    public static func say(_ text: String) { _ = write(text, to: STDOUT_FILENO) }

    /// Writes a line that is a result to standard output.
    ///
    /// A reader that has seen enough, as `head` has, is no failure.
    ///
    /// - Throws: `.outputFailed`.
    public static func output(_ line: String) throws(Failure) {
        let problem = write(line + "\n", to: STDOUT_FILENO)
        guard problem == 0 || problem == EPIPE else {
            throw Failure(.outputFailed, "cannot write to standard output: \(errnoText(problem))")
        }
    }

    /// Writes all of `text`; returns what went wrong, 0 for nothing.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let written = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if written >= 0 {
                    done += written
                    continue
                }
                switch errno {
                case EINTR: continue
                case EAGAIN:
                    // Someone who shares the terminal made it non-blocking.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, 1000)
                case let problem: return problem
                }
            }
            return 0
        }
    }
}
