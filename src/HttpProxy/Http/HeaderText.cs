using System.Text;

namespace Gateway.HttpProxy.Http;

/// <summary>Values of request headers beyond ASCII. The server hands over each byte as a character (Latin-1), whatever it may mean.</summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes as they came.</summary>
    internal static byte[] BytesOf(string value) => Encoding.Latin1.GetBytes(value);

    /// <summary>The text.</summary>
    /// <exception cref="ProblemException">It is none in UTF-8: 400.</exception>
    internal static string Of(string name, string value)
    {
        if (Ascii.IsValid(value)) return value;
        try
        {
            return s_strict.GetString(BytesOf(value));
        }
        catch (DecoderFallbackException)
        {
            throw new ProblemException(Problem.BadRequest, $"The header {name} is not text in UTF-8.");
        }
    }
}
