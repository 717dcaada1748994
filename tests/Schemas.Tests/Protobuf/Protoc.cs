using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf;

/// <summary>The compiler whose descriptors and verdicts ours must equal.</summary>
internal static class Protoc
{
    private static readonly string Package = typeof(Protoc).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "GrpcTools").Value!;

    private static readonly string Tool = Path.Combine(
        Package, "tools", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux_arm64" : "linux_x64", "protoc");

    private static readonly string WellKnown = Path.Combine(Package, "build", "native", "include");

    /// <summary>Compiles files that belong together; the last one named is the one wanted, and comes last in the set.</summary>
    public static FileDescriptorSet Compile(params (string Path, string Text)[] files)
    {
        using var folder = new ProtocFolder(files);
        var (set, complaints) = folder.Run([files[^1].Path]);
        return set ?? throw new InvalidOperationException(complaints);
    }

    /// <summary>The linked model of protoc's descriptors.</summary>
    public static ProtoFile Link(params (string Path, string Text)[] files)
    {
        var file = ProtoLinker.Link(Compile(files).File, SchemaBudget.Default, out var error);
        Assert.True(file is not null, error?.ToString());
        return file!;
    }

    /// <summary>The linked model of one text.</summary>
    public static ProtoFile Link(string text) => Link(("test.proto", text));

    /// <summary>Files on disk for protoc to read.</summary>
    internal sealed class ProtocFolder : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("protoc").FullName;

        public ProtocFolder(IEnumerable<(string Path, string Text)> files)
        {
            foreach (var (path, text) in files)
            {
                var full = Path.Combine(_root, path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllText(full, text);
            }
        }

        /// <summary>Descriptors of the files named and of all they import, or what protoc complained about.</summary>
        public (FileDescriptorSet? Set, string Complaints) Run(IEnumerable<string> paths)
        {
            var output = Path.Combine(_root, "out.pb");
            var start = new ProcessStartInfo(Tool) { WorkingDirectory = _root, RedirectStandardError = true };
            foreach (var argument in new[] { "-I.", "-I" + WellKnown, "--include_imports", "--retain_options", "--descriptor_set_out=" + output }.Concat(paths))
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var complaints = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? (FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(output)), complaints) : (null, complaints);
        }

        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
