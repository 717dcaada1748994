using System.Text;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Records;

/// <summary>Carries the W3C trace context of a request into the headers of its records, so that a trace does not end at the topic.</summary>
internal static class TraceContext
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    // What the recommendation asks to be carried on.
    private const int MostStateLength = 512;

    /// <summary>The headers of a record that brings <paramref name="own"/>; a trace context of its own stays.</summary>
    internal static IReadOnlyList<RecordHeader>? Join(IReadOnlyList<RecordHeader>? own, IReadOnlyList<RecordHeader>? trace)
    {
        if (trace is null || own is null or { Count: 0 }) return trace ?? own;
        return own.Any(static header => header.Key == Parent) ? own : [.. own, .. trace];
    }

    /// <summary>The request's context as record headers; null when it has none.</summary>
    internal static IReadOnlyList<RecordHeader>? Of(HttpRequest request)
    {
        string parent = request.Headers.TraceParent.ToString();
        if (!IsParent(parent)) return null;
        var headers = new List<RecordHeader>(2) { new(Parent, Encoding.ASCII.GetBytes(parent)) };
        string state = request.Headers.TraceState.ToString();
        if (state.Length is > 0 and <= MostStateLength) headers.Add(new RecordHeader(State, HeaderText.BytesOf(state)));
        return headers;
    }

    /// <summary><c>{2 hex digits}-{32}-{16}-{2}</c>; anything else starts no trace (W3C Trace Context, 3.2).</summary>
    private static bool IsParent(string text)
    {
        if (text.Length != 55) return false;
        for (int i = 0; i < text.Length; i++)
            if (i is 2 or 35 or 52 ? text[i] != '-' : !char.IsAsciiHexDigitLower(text[i])) return false;
        ReadOnlySpan<char> digits = text;
        // The version that will never be, and the ids that name nothing.
        return !digits.StartsWith("ff") && digits[3..35].ContainsAnyExcept('0') && digits[36..52].ContainsAnyExcept('0');
    }
}
