using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Fuzz.Engine;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// One request to the proxy or the registry of a node in this process: a line <c>proxy POST /topics/t content-type accept</c>, then the body. It is
/// answered, with success or with an error of the API's own shape; never with 500, never not at all, and the node logs no error.
/// </summary>
internal sealed partial class HttpBodies : ITarget
{
    /// <summary>The node is made anew now and then: what requests leave behind must not slow the later ones down.</summary>
    private const int CasesPerNode = 20_000;
    private const int MostAnswer = 16 << 20;
    private const string Separator = "\r\n\r\n";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];

    private readonly Lock _gate = new();
    private FuzzedNode? _node;
    private int _cases;

    public string Name => "http-bodies";

    public bool IsBinary => false;

    public long? MostGrowth => 512L << 20;

    public IReadOnlyList<string> Dictionary { get; } =
    [
        "proxy ", "registry ", "GET ", "POST ", "PUT ", "DELETE ", "/topics/t", "/partitions/0", "/partitions/1", "/records?offset=0", "/offsets", "/consumers/g", "/instances/i",
        "/subscription", "/assignments", "/positions", "/beginning", "/end", "/subjects", "/subjects/s/versions", "/versions/latest", "/schemas/ids/1", "/config", "/mode",
        "/compatibility", "?normalize=true", "?deleted=true", "&max_bytes=1", "-1", "%2F", "%00", "application/json", "application/vnd.kafka.v2+json",
        "application/vnd.kafka.json.v2+json", "application/vnd.kafka.binary.v2+json", "application/vnd.kafka.avro.v2+json", "application/vnd.kafka.protobuf.v2+json",
        "application/vnd.kafka.jsonschema.v2+json", "application/vnd.schemaregistry.v1+json", "; q=0.5", "*/*", "\"records\"", "\"key\"", "\"value\"", "\"partition\"", "\"headers\"",
        "\"timestamp\"", "\"value_schema\"", "\"value_schema_id\"", "\"key_schema\"", "\"topics\"", "\"topic_pattern\"", "\"offsets\"", "\"partitions\"", "\"schema\"", "\"schemaType\"",
        "\"references\"", "\"PROTOBUF\"", "\"JSON\"", "\"format\"", "\"auto.offset.reset\"", "\"name\"", "[[[[", "{\"a\":{\"a\":", "\\ud800", "1e999", "99999999999999999999", "null", "true",
    ];

    public string Try(ReadOnlySpan<byte> input)
    {
        int end = input.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? input : input[..end];
        string[] words = Encoding.UTF8.GetString(line).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3) return "no request";
        byte[] body = end < 0 ? [] : [.. input[(end + 1)..]];
        lock (_gate)
        {
            if (_node is null || ++_cases % CasesPerNode == 0)
            {
                _node?.Stop();
                _node = FuzzedNode.Start();
            }
            string outcome = Send(_node, words, body);
            if (_node.Fault is { } fault) throw new FindingException(fault);
            return outcome;
        }
    }

    private static string Send(FuzzedNode node, string[] words, byte[] body)
    {
        bool toRegistry = words[0] != "proxy";
        // What is no HTTP is the web server's business. A wait may be as long as the API allows: it is kept short, not judged.
        string method = Token(words[1]), path = LongWait().Replace(Printable(words[2], '/'), "timeout=5");
        body = Encoding.Latin1.GetBytes(LongPoll().Replace(Encoding.Latin1.GetString(body), "${1}5"));
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n");
        if (words.Length > 3) head.Append("Content-Type: ").Append(Printable(words[3], 'x')).Append("\r\n");
        if (words.Length > 4) head.Append("Accept: ").Append(Printable(string.Join(' ', words[4..]), 'x')).Append("\r\n");
        byte[] answer;
        try
        {
            using Socket socket = node.Connect(toRegistry);
            SendAll(socket, [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body]);
            answer = Receive(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new FindingException($"no answer to {method} {path}");
        }
        string outcome = Judge(toRegistry, method, path, answer);
        return $"{(outcome[0] == '2' ? "succeeds" : "refused")}: {(toRegistry ? "registry" : "proxy")} {(Methods.Contains(method) ? method : "other")} {outcome}";
    }

    private static string Judge(bool toRegistry, string method, string path, byte[] answer)
    {
        string text = Encoding.UTF8.GetString(answer);
        int head = text.IndexOf(Separator, StringComparison.Ordinal);
        if (head < 0 || !text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)) throw new FindingException($"{method} {path} is answered with {text.Length} characters that are no HTTP");
        int status = int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
        if (status == 200 && StreamType().IsMatch(text[..head])) return "200 stream";
        string body = Unchunked(text[..head], text[(head + Separator.Length)..]);
        if (status is < 200 or >= 500 and not (501 or 503)) throw new FindingException($"{method} {path}: {status} {body}");
        if (body.Length == 0)
        {
            // The web server's own refusals have no body; neither has an answer to HEAD.
            return status is 204 or 400 or 405 or 413 or 501 || method == "HEAD" || status < 300 ? $"{status} without body" : throw new FindingException($"{method} {path}: {status} without a body");
        }
        JsonElement? json = Parse(body);
        if (status < 300) return json is not null || IsText(toRegistry, path) ? $"{status}" : throw new FindingException($"{method} {path}: {status} with {body}, which is no JSON");
        if (json is not { ValueKind: JsonValueKind.Object } error || !error.TryGetProperty("error_code", out JsonElement code) || !code.TryGetInt32(out int number)
            || !error.TryGetProperty("message", out JsonElement message) || message.ValueKind != JsonValueKind.String)
        {
            throw new FindingException($"{method} {path}: {status} with {body}, which is no error of the API");
        }
        bool fits = number == status || number / 100 == status || (number == 40001 && status == 422);
        return fits ? $"{status} {number}" : throw new FindingException($"{method} {path}: status {status} and error_code {number}");
    }

    /// <summary>Schemas come as they are, and Protobuf is no JSON.</summary>
    private static bool IsText(bool toRegistry, string path) => toRegistry && path.Contains("/schema", StringComparison.Ordinal);

    private static JsonElement? Parse(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1024 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Unchunked(string head, string body)
    {
        if (!head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase)) return body;
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        var whole = new MemoryStream();
        for (int at = 0; ;)
        {
            int lineEnd = at + bytes.AsSpan(at).IndexOf("\r\n"u8);
            int size = lineEnd < at ? -1 : Convert.ToInt32(Encoding.ASCII.GetString(bytes, at, lineEnd - at), 16);
            if (size < 0 || lineEnd + 2 + size > bytes.Length) throw new FindingException("an answer breaks off");
            if (size == 0) return Encoding.UTF8.GetString(whole.ToArray());
            whole.Write(bytes, lineEnd + 2, size);
            at = lineEnd + 2 + size + 2;
        }
    }

    private static void SendAll(Socket socket, byte[] bytes)
    {
        try
        {
            for (int sent = 0; sent < bytes.Length;) sent += socket.Send(bytes, sent, bytes.Length - sent, SocketFlags.None);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // Answered before all of the body was wanted.
        }
    }

    private static byte[] Receive(Socket socket)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (socket.Receive(buffer) is var count and > 0)
            {
                all.Write(buffer, 0, count);
                // A stream has no end; that it began is its answer.
                if (IsStream(all)) break;
                if (all.Length > MostAnswer) throw new FindingException($"an answer of more than {MostAnswer} bytes");
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of ours unread; what it said before counts.
        }
        return all.ToArray();
    }

    private static bool IsStream(MemoryStream answer)
    {
        string text = Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)Math.Min(answer.Length, 4096));
        int head = text.IndexOf(Separator, StringComparison.Ordinal);
        return head >= 0 && StreamType().IsMatch(text[..head]);
    }

    private static string Token(string text)
    {
        string letters = string.Concat(text.Where(char.IsAsciiLetterUpper).Take(10));
        return letters.Length > 0 ? letters : "GET";
    }

    private static string Printable(string text, char first)
    {
        string printable = string.Concat(text.Select(static letter => letter is > ' ' and < '\x7f' || letter == ' ' ? letter.ToString() : Uri.EscapeDataString(char.IsSurrogate(letter) ? "?" : letter.ToString())));
        printable = printable.Length > 2000 ? printable[..2000] : printable;
        return first == '/' ? (printable.StartsWith('/') ? printable : "/" + printable).Replace(' ', '+') : printable;
    }

    [GeneratedRegex(@"^content-type: (application/x-ndjson|text/event-stream)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex StreamType();

    [GeneratedRegex(@"timeout=\d+")]
    private static partial Regex LongWait();

    [GeneratedRegex("""("(?:consumer\.request\.timeout\.ms|timeout)"\s*:\s*"?)\d+""")]
    private static partial Regex LongPoll();
}
