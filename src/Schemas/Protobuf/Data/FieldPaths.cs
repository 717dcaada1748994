namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Paths of a FieldMask: lower_snake_case in messages, lowerCamelCase in JSON. Only what survives both ways has a JSON form.</summary>
internal static class FieldPaths
{
    public static bool TryToCamel(ReadOnlySpan<byte> path, ref PooledStack<byte> camel)
    {
        var afterUnderscore = false;
        foreach (var character in path)
        {
            if (character is >= (byte)'A' and <= (byte)'Z' or >= 0x80 or (byte)',') return false;
            if (afterUnderscore)
            {
                if (character is < (byte)'a' or > (byte)'z') return false;
                camel.Push((byte)(character - 'a' + 'A'));
                afterUnderscore = false;
            }
            else if (character == '_')
            {
                afterUnderscore = true;
            }
            else
            {
                camel.Push(character);
            }
        }
        return !afterUnderscore;
    }

    public static bool TryToSnake(ReadOnlySpan<byte> path, ref PooledStack<byte> snake)
    {
        foreach (var character in path)
        {
            if (character is (byte)'_' or >= 0x80) return false;
            if (character is >= (byte)'A' and <= (byte)'Z')
            {
                snake.Push((byte)'_');
                snake.Push((byte)(character - 'A' + 'a'));
            }
            else
            {
                snake.Push(character);
            }
        }
        return true;
    }
}
