// A sign-up in SwiftUI. It knows its own back end alone, which holds key and secret.
import SwiftUI

struct Answer: Decodable {
    let ok: Bool
    let text: String
    var done: Bool?
    var restart: Bool?
}

struct BackEnd {
    let base: URL

    func post(_ path: String, _ body: [String: String] = [:]) async throws -> Answer {
        var request = URLRequest(url: base.appending(path: path))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONEncoder().encode(body)
        // URLSession keeps the session's cookie; the request_id stays on the server.
        let (data, _) = try await URLSession.shared.data(for: request)
        return try JSONDecoder().decode(Answer.self, from: data)
    }
}

@MainActor
final class SignUp: ObservableObject {
    enum Step { case number, code, done }

    @Published var step = Step.number
    @Published var number = ""
    @Published var code = ""
    @Published var said = ""
    @Published var busy = false
    private let backEnd = BackEnd(base: URL(string: "https://example.com")!)

    func start() async {
        await ask("start", ["number": number.filter { $0.isNumber || $0 == "+" }]) { if $0.ok { self.step = .code } }
    }

    func check() async {
        await ask("check", ["code": code]) { answer in
            if answer.done == true { self.step = .done }
            if answer.restart == true { self.step = .number }
        }
    }

    /// The next event of the same request: a second start would be refused while the first one runs.
    func callMe() async {
        await ask("call") { _ in }
    }

    private func ask(_ path: String, _ body: [String: String] = [:], then: (Answer) -> Void) async {
        busy = true
        defer { busy = false }
        do {
            let answer = try await backEnd.post(path, body)
            said = answer.text
            then(answer)
        } catch {
            said = String(localized: "We cannot be reached. Try again in a moment.")
        }
    }
}

struct SignUpView: View {
    @StateObject private var model = SignUp()
    @FocusState private var codeFocused: Bool

    var body: some View {
        Form {
            switch model.step {
            case .number:
                TextField("Your mobile number", text: $model.number)
                    .textContentType(.telephoneNumber)
                    .keyboardType(.phonePad)
                Button("Send me a code") { Task { await model.start() } }
            case .code:
                TextField("The code", text: $model.code)
                    .textContentType(.oneTimeCode) // the keyboard offers what the SMS says
                    .keyboardType(.numberPad)
                    .focused($codeFocused)
                    .onAppear { codeFocused = true }
                    .onChange(of: model.code) { code in
                        if code.count == 4 { Task { await model.check() } }
                    }
                Button("Check") { Task { await model.check() } }
                Button("Call me instead") { Task { await model.callMe() } }
            case .done:
                Label("The number is yours", systemImage: "checkmark.circle")
            }
            if !model.said.isEmpty { Text(model.said).font(.footnote) }
        }
        .disabled(model.busy)
    }
}
