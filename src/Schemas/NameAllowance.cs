namespace Gateway.Schemas;

/// <summary>
/// How much of a schema's own text (names, symbols, defaults) one payload may have repeated into JSON. A few bytes can stand for
/// thousands of fields without data of their own, and each may have a name of a megabyte; short names are paid for by steps.
/// </summary>
/// <param name="payloadBytes">Length of the binary data.</param>
internal struct NameAllowance(int payloadBytes)
{
    private const int Short = 64, PerPayloadByte = 64;
    private const long Always = 4 << 20;
    private long _left = Always + (long)PerPayloadByte * payloadBytes;

    /// <summary>Counts a name about to be written.</summary>
    /// <exception cref="SchemaBudgetException">They have come to too much.</exception>
    public void Take(long bytes)
    {
        if (bytes > Short && (_left -= bytes) < 0)
            throw new SchemaBudgetException("the schema's long names would make far more JSON than there is data, which is not done");
    }
}
