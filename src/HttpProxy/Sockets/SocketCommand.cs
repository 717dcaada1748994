using System.Text.Json;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Sockets;

/// <summary>
/// One message of a client: <c>{"credit": n}</c>, <c>{"commit": "cursor"}</c> or <c>{"produce": {…}}</c>, the last two with an <c>id</c> that their
/// answer has too, the last one with how it is to be written.
/// </summary>
/// <param name="Credit">How many records more the client takes; 0 for none.</param>
/// <param name="Commit">The cursor to commit; null for none.</param>
/// <param name="Produce">Where the request to produce stands in the message; empty for none.</param>
/// <param name="Id">Where the id stands; empty without one.</param>
/// <param name="Key">By which a produce is known when it comes again; null without one.</param>
/// <param name="Acks">Which acknowledgement a produce waits for; null when it does not say.</param>
/// <param name="IfEndOffset">Where the partition has to end for anything to be written; null for anywhere.</param>
internal readonly record struct SocketCommand(
    long Credit, string? Commit, Range Produce, Range Id, string? Key, string? Acks, long? IfEndOffset)
{
    internal const long MostCredit = 1_000_000;

    // An id goes back as it is.
    private const int MostIdBytes = 256;

    // The message and the request stand around the records, which stand around keys and values.
    private const int MaxDepth = JsonText.MaxDepth + 4;

    internal static string Usage => $"Send {{\"credit\": n}} with n from 1 to {MostCredit}, {{\"commit\": cursor}} or {{\"produce\": {{…}}}}";

    /// <summary>Whether the message asks to write records.</summary>
    internal bool IsProduce => !Produce.Equals(default);

    /// <summary>Whether what came before it must be done first, and what comes behind it waits.</summary>
    internal bool IsAlone => !IsProduce || IfEndOffset is not null;

    /// <summary>Reads a message; null when it is none of them.</summary>
    internal static SocketCommand? Read(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            var command = default(SocketCommand);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (ReadMember(ref json, command) is not { } read) return null;
                command = read;
            }
            return command.IsOneWish && !json.Read() ? command : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The second is the reader's way to say that a string has half a surrogate pair in it.
            return null;
        }
    }

    private bool IsOneWish
    {
        get
        {
            bool hasSettings = Key is not null || Acks is not null || IfEndOffset is not null;
            if (Credit > 0) return Commit is null && !IsProduce && !hasSettings && Id.Equals(default);
            return Commit is null ? IsProduce : !IsProduce && !hasSettings;
        }
    }

    /// <summary>Reads a member; null when it is not one, or stood there before.</summary>
    private static SocketCommand? ReadMember(ref Utf8JsonReader json, SocketCommand command)
    {
        if (json.ValueTextEquals("credit"u8))
            return json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long credit) && credit is >= 1 and <= MostCredit && command.Credit == 0
                ? command with { Credit = credit } : null;
        if (json.ValueTextEquals("if_end_offset"u8))
            return json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long end) && command.IfEndOffset is null
                ? command with { IfEndOffset = end } : null;
        if (json.ValueTextEquals("commit"u8)) return ReadText(ref json, command.Commit) is { } cursor ? command with { Commit = cursor } : null;
        if (json.ValueTextEquals("key"u8)) return ReadText(ref json, command.Key) is { } key ? command with { Key = key } : null;
        if (json.ValueTextEquals("acks"u8)) return ReadText(ref json, command.Acks) is { } acks ? command with { Acks = acks } : null;
        bool isProduce = json.ValueTextEquals("produce"u8);
        if (!isProduce && !json.ValueTextEquals("id"u8)) return null;
        json.Read();
        bool isFit = isProduce
            ? json.TokenType == JsonTokenType.StartObject && !command.IsProduce
            : json.TokenType is JsonTokenType.String or JsonTokenType.Number && command.Id.Equals(default);
        int start = (int)json.TokenStartIndex;
        json.Skip();
        Range place = start..(int)json.BytesConsumed;
        if (!isFit || (!isProduce && place.End.Value - start > MostIdBytes)) return null;
        return isProduce ? command with { Produce = place } : command with { Id = place };
    }

    private static string? ReadText(ref Utf8JsonReader json, string? earlier) =>
        json.Read() && json.TokenType == JsonTokenType.String && earlier is null ? json.GetString() : null;
}
