using System.Text.Json;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Sockets;

/// <summary>
/// One message of a client: <c>{"credit": n}</c>, <c>{"commit": "cursor"}</c> or <c>{"produce": {…}}</c>, the last two with an <c>id</c> that their
/// answer has too.
/// </summary>
/// <param name="Credit">How many records more the client takes; 0 for none.</param>
/// <param name="Commit">The cursor to commit; null for none.</param>
/// <param name="Produce">Where the request to produce stands in the message; empty for none.</param>
/// <param name="Id">Where the id stands; empty without one.</param>
internal readonly record struct SocketCommand(long Credit, string? Commit, Range Produce, Range Id)
{
    internal const long MostCredit = 1_000_000;

    // An id goes back as it is.
    private const int MostIdBytes = 256;

    // The message and the request stand around the records, which stand around keys and values.
    private const int MaxDepth = JsonText.MaxDepth + 4;

    internal static string Usage => $"Send {{\"credit\": n}} with n from 1 to {MostCredit}, {{\"commit\": cursor}} or {{\"produce\": {{…}}}}";

    /// <summary>Whether the message asks to write records.</summary>
    internal bool IsProduce => !Produce.Equals(default);

    /// <summary>Reads a message; null when it is none of them.</summary>
    internal static SocketCommand? Read(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            var command = default(SocketCommand);
            int wishes = 0;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = json.ValueTextEquals("id"u8);
                if (!isId) wishes++;
                if (ReadMember(ref json, command) is not { } read) return null;
                command = read;
            }
            bool isCreditWithId = command.Credit > 0 && !command.Id.Equals(default);
            return wishes == 1 && !isCreditWithId && !json.Read() ? command : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The second is the reader's way to say that a string has half a surrogate pair in it.
            return null;
        }
    }

    private static SocketCommand? ReadMember(ref Utf8JsonReader json, SocketCommand command)
    {
        if (json.ValueTextEquals("credit"u8))
            return json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long credit) && credit is >= 1 and <= MostCredit
                ? command with { Credit = credit } : null;
        if (json.ValueTextEquals("commit"u8))
            return json.Read() && json.TokenType == JsonTokenType.String ? command with { Commit = json.GetString() } : null;
        bool isProduce = json.ValueTextEquals("produce"u8);
        if (!isProduce && !json.ValueTextEquals("id"u8)) return null;
        json.Read();
        bool isFit = isProduce ? json.TokenType == JsonTokenType.StartObject : json.TokenType is JsonTokenType.String or JsonTokenType.Number;
        int start = (int)json.TokenStartIndex;
        json.Skip();
        Range place = start..(int)json.BytesConsumed;
        if (!isFit || (!isProduce && place.End.Value - start > MostIdBytes)) return null;
        return isProduce ? command with { Produce = place } : command with { Id = place };
    }
}
