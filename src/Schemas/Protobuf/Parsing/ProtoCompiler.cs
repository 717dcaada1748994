using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Parsing.Options;
using Gateway.Schemas.Protobuf.Parsing.Validation;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>From a descriptor as written to a linked file: names resolved, options interpreted, rules checked.</summary>
internal static class ProtoCompiler
{
    /// <param name="proto">The descriptor; it becomes the file's, and is changed.</param>
    /// <param name="pool">The files known so far, all imports among them. The file joins them.</param>
    /// <param name="meter">What it may cost.</param>
    /// <param name="strict">Whether all rules are checked; without, it is enough that every name means something.</param>
    /// <exception cref="ProtoFault">Something is wrong with the file.</exception>
    public static ProtoFile Compile(FileDescriptorProto proto, ProtoPool pool, BudgetMeter meter, bool strict)
    {
        var linker = new ProtoLinker(pool, meter);
        var file = linker.Declare(proto);
        var scope = new ProtoScope(file, pool, meter);
        linker.Resolve(file, scope);
        var sets = OptionSet.Of(file);
        if (sets.Count > 0)
        {
            var interpreter = new OptionInterpreter(file, file.OptionDependencies.Count > 0 ? new ProtoScope(file, pool, meter, forOptions: true) : scope, meter);
            interpreter.Interpret(sets, custom: false, strict);
            // Values of custom options may be of types of this very file, whose features are known from here on.
            ProtoLinker.Conclude(file);
            interpreter.Interpret(sets, custom: true, strict);
        }
        ProtoLinker.Conclude(file);
        if (strict) new FileValidation(file, pool, meter).Check();
        else Tolerate(file, pool);
        return file;
    }

    private static void Tolerate(ProtoFile file, ProtoPool pool)
    {
        foreach (var symbol in file.Symbols.Values)
        {
            if (symbol.Definition is ProtoField field) NumberValidation.InRange(field);
            if (symbol.Definition is ProtoField { IsExtension: true } extension) pool.ClaimExtension(extension, out _);
        }
    }
}
